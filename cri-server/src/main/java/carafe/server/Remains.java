package carafe.server;

import carafe.base.Id;
import carafe.linux.MountInfo;
import carafe.linux.SyscallException;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.cgroup.CgroupTree;
import carafe.runtime.state.StatePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this node has of Carafe's pods and containers beside files, whoever owns it: ids by kind.
 * Read from the kernel each time. Thread-safe.
 *
 * @param ownParent where the cgroups are that Carafe makes for pods; empty where systemd makes them
 */
record Remains(CgroupTree tree, Optional<CgroupPath> ownParent, StatePaths paths) {
    private static final String DELETED = " (deleted)";

    /** {@code shim}, {@code mount} and {@code cgroup}; an id for each thing. */
    Map<String, List<String>> found() {
        return Map.of("shim", shims(), "mount", mounts(), "cgroup", cgroups());
    }

    private List<String> shims() {
        return tree.neighbours().stream().flatMap(pid -> bundleOf(pid).stream()).toList();
    }

    /** A shim's working directory is its bundle. */
    private Optional<String> bundleOf(int pid) {
        try {
            String directory =
                    Files.readSymbolicLink(Path.of("/proc", Integer.toString(pid), "cwd"))
                            .toString();
            int end = directory.length() - (directory.endsWith(DELETED) ? DELETED.length() : 0);
            return owner(Path.of(directory.substring(0, end)));
        } catch (IOException e) {
            return Optional.empty(); // it has ended
        }
    }

    private List<String> mounts() {
        try {
            List<String> found = new ArrayList<>();
            for (MountInfo each : MountInfo.read()) {
                owner(each.target()).ifPresent(found::add);
            }
            return found;
        } catch (SyscallException e) {
            return List.of();
        }
    }

    private List<String> cgroups() {
        return ownParent
                .map(parent -> tree.children(parent).stream().filter(Id::isValid).toList())
                .orElse(List.of());
    }

    /** Id of the pod or container in whose bundle the path is. */
    private Optional<String> owner(Path path) {
        for (Path all : List.of(paths.pods(), paths.containers())) {
            if (path.startsWith(all) && path.getNameCount() > all.getNameCount()) {
                return Optional.of(path.getName(all.getNameCount()).toString()).filter(Id::isValid);
            }
        }
        return Optional.empty();
    }
}
