package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Puts a pod's process where it belongs after systemd has moved it into the pod's scope: systemd
 * ends a scope that is empty, so one process must stay in it, but not where the pod's memory limit
 * can kill it, nor where it keeps version 2 from handing controllers on.
 */
public final class PodScope {
    private static final String LEAF = "holder";

    private PodScope() {}

    /**
     * @param scope as systemd made it
     * @param outside a cgroup out of every pod's, for the hierarchies of version 1
     */
    public static void settle(CgroupTree tree, CgroupPath scope, CgroupPath outside, int holder) {
        String pid = Integer.toString(holder);
        try {
            Optional<Path> unified = tree.unified(scope);
            if (unified.isPresent()) {
                Path leaf = unified.get().resolve(LEAF);
                if (!tree.files().exists(leaf)) {
                    tree.files().makeDirectory(leaf);
                }
                tree.files().write(leaf.resolve("cgroup.procs"), pid);
            }
            for (Path root : tree.layout().v1Roots()) {
                tree.files().write(root.resolve(outside.relative()).resolve("cgroup.procs"), pid);
            }
        } catch (SyscallException e) {
            throw new CarafeException.Internal(
                    "settle process %d of scope %s: %s".formatted(holder, scope, e.getMessage()),
                    e);
        }
    }

    /**
     * Removes a slice and those above it as far as they are empty: systemd ends its own, and leaves
     * those in hierarchies that it does not use.
     */
    public static void removeEmptySlices(CgroupTree tree, CgroupPath slice) {
        String path = slice.value();
        while (path.endsWith(".slice")
                && !path.equals("/system.slice")
                && tree.at(CgroupPath.of(path)).removeIfEmpty()) {
            path = path.substring(0, path.lastIndexOf('/'));
        }
    }
}
