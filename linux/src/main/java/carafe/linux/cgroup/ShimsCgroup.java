package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one cgroup of all shims. The daemon enters it once at its start, and every shim inherits it:
 * moving a process at rest costs 7 to 15 ms, being born costs nothing. A pod's memory limit cannot
 * kill what is in here.
 */
public final class ShimsCgroup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShimsCgroup.class);

    private final CgroupTree tree;
    private final Cgroup cgroup;
    private final Map<Path, CgroupPlace> before;

    private ShimsCgroup(CgroupTree tree, Cgroup cgroup, Map<Path, CgroupPlace> before) {
        this.tree = tree;
        this.cgroup = cgroup;
        this.before = before;
    }

    /** Makes the cgroup if need be and moves this process into it. */
    public static ShimsCgroup enter(CgroupTree tree, CgroupPath path) {
        return enter(tree, () -> path);
    }

    /**
     * Moves this process into a cgroup that somebody makes for it.
     *
     * @param maker makes it, and may move the process there already
     */
    public static ShimsCgroup enter(CgroupTree tree, Supplier<CgroupPath> maker) {
        Map<Path, CgroupPlace> before = tree.ownPlaces();
        CgroupPath path = maker.get();
        Cgroup cgroup = tree.create(path);
        try {
            cgroup.move((int) ProcessHandle.current().pid());
        } catch (SyscallException e) {
            throw new CarafeException.Internal("enter the shims' cgroup " + path, e);
        }
        return new ShimsCgroup(tree, cgroup, before);
    }

    public Cgroup cgroup() {
        return cgroup;
    }

    /** Moves this process back where it was and removes the cgroup unless shims are in it. */
    @Override
    public void close() {
        String pid = Long.toString(ProcessHandle.current().pid());
        before.forEach((root, place) -> {
            // Started inside by an earlier daemon's hand: there is no other place.
            String path = place.isWithin(cgroup.path()) ? "/" : place.path();
            moveBack(root, path, pid);
        });
        cgroup.removeIfEmpty();
    }

    private void moveBack(Path root, String path, String pid) {
        try {
            tree.files().write(root.resolve(path.substring(1)).resolve("cgroup.procs"), pid);
        } catch (SyscallException e) {
            LOG.atInfo()
                    .addKeyValue("cgroup", path)
                    .setCause(e)
                    .log(
                            "The cgroup this process came from is not to be had, leaving for the root");
            if (!path.equals("/")) {
                moveBack(root, "/", pid);
            }
        }
    }
}
