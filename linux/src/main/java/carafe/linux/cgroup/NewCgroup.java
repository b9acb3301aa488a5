package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one cgroup in every hierarchy, with those above it that are missing, or leaves nothing.
 * Most often all above is there and ready, so the cgroup itself is tried first: a level that is
 * asked for in each of ten hierarchies is ten calls, and most of them fail. Used once, by one
 * thread.
 */
final class NewCgroup {
    private static final Logger LOG = LoggerFactory.getLogger(NewCgroup.class);

    private final CgroupLayout layout;
    private final List<Path> v1Roots;
    private final CgroupFiles files;
    private final CgroupPath path;
    private final List<Path> made = new ArrayList<>();

    NewCgroup(CgroupLayout layout, List<Path> v1Roots, CgroupFiles files, CgroupPath path) {
        this.layout = layout;
        this.v1Roots = v1Roots;
        this.files = files;
        this.path = path;
    }

    void make() {
        try {
            for (Path root : v1Roots) {
                makeV1(root);
            }
            if (layout.unified().isPresent()) {
                makeUnified(layout.unified().get());
            }
        } catch (SyscallException e) {
            removeAgain();
            String message = "create cgroup " + path + ": " + e.getMessage();
            throw e.is(Errno.ENOSPC) || e.is(Errno.EAGAIN) || e.is(Errno.ENOMEM)
                    ? new CarafeException.Exhausted(message, e)
                    : new CarafeException.Internal(message, e);
        }
    }

    private void makeV1(Path root) throws SyscallException {
        boolean cpuset = root.equals(layout.v1().get(Controller.CPUSET));
        Path leaf = root.resolve(path.relative());
        Made outcome = make(leaf);
        boolean whole = outcome == Made.NEW && (!cpuset || CpusetController.fillNew(files, leaf));
        if (whole || (outcome == Made.THERE && !cpuset)) {
            return;
        }
        for (CgroupPath step : path.fromTop()) {
            Path directory = root.resolve(step.relative());
            require(directory);
            if (cpuset) {
                CpusetController.fillFromParent(files, directory);
            }
        }
    }

    private void makeUnified(Path root) throws SyscallException {
        Path leaf = root.resolve(path.relative());
        if (handsOnEverything(leaf) && make(leaf) != Made.ORPHAN) {
            return;
        }
        Path parent = root;
        for (CgroupPath step : path.fromTop()) {
            enableControllers(parent);
            Path directory = root.resolve(step.relative());
            require(directory);
            parent = directory;
        }
    }

    /** Whether what is above it hands on every controller of this machine, and so was handed it. */
    private boolean handsOnEverything(Path leaf) {
        if (layout.unifiedControllers().isEmpty()) {
            return true;
        }
        try {
            String handedOn = files.read(leaf.resolveSibling("cgroup.subtree_control"));
            return CgroupLayout.controllers(handedOn).containsAll(layout.unifiedControllers());
        } catch (SyscallException e) {
            return false;
        }
    }

    /**
     * Hands all controllers on to the children. A cgroup that holds processes itself cannot do that
     * (EBUSY, "no internal processes"); then its children go without, and a limit that needs the
     * controller says so.
     */
    private void enableControllers(Path directory) throws SyscallException {
        if (layout.unifiedControllers().isEmpty()) {
            return;
        }
        String offered = files.read(directory.resolve("cgroup.controllers"));
        Set<Controller> missing = CgroupLayout.controllers(offered);
        Path control = directory.resolve("cgroup.subtree_control");
        missing.removeAll(CgroupLayout.controllers(files.read(control)));
        for (Controller controller : missing) {
            try {
                files.write(control, "+" + v2Name(controller));
            } catch (SyscallException e) {
                LOG.atWarn()
                        .addKeyValue("cgroup", directory)
                        .addKeyValue("controller", controller.kernelName())
                        .setCause(e)
                        .log("Controller cannot be handed on to the cgroups below");
            }
        }
    }

    private static String v2Name(Controller controller) {
        return controller == Controller.BLKIO ? "io" : controller.kernelName();
    }

    /** How making a directory went. */
    private enum Made {
        NEW,
        THERE,
        /** There is nothing above it. */
        ORPHAN
    }

    private Made make(Path directory) throws SyscallException {
        try {
            files.makeDirectory(directory);
            made.add(directory);
            return Made.NEW;
        } catch (SyscallException e) {
            return switch (e.errno()) {
                case Errno.EEXIST -> Made.THERE;
                case Errno.ENOENT -> Made.ORPHAN;
                default -> throw e;
            };
        }
    }

    private void require(Path directory) throws SyscallException {
        if (make(directory) == Made.ORPHAN) {
            // It was there a moment ago.
            throw new SyscallException("mkdir", directory.toString(), Errno.ENOENT);
        }
    }

    private void removeAgain() {
        for (Path directory : made.reversed()) {
            try {
                files.removeDirectory(directory);
            } catch (SyscallException e) {
                LOG.atWarn().setCause(e).log("A cgroup made for nothing could not be removed");
            }
        }
    }
}
