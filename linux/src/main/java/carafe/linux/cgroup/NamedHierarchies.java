package carafe.linux.cgroup;

import carafe.linux.Errno;
import carafe.linux.MountInfo;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hierarchies of version 1 that have a name and no controller, as {@code name=systemd}. Carafe puts
 * nothing there; another OCI runtime does, and removes its container's directory but not the pod's.
 * Immutable, thread-safe.
 */
public final class NamedHierarchies {
    private static final Logger LOG = LoggerFactory.getLogger(NamedHierarchies.class);
    private static final String NAME = "name=";

    private final List<Path> roots;
    private final CgroupFiles files;

    private NamedHierarchies(List<Path> roots, CgroupFiles files) {
        this.roots = List.copyOf(roots);
        this.files = files;
    }

    /** Those of this machine. */
    public static NamedHierarchies read() throws SyscallException {
        return of(MountInfo.read(), CgroupFiles.linux());
    }

    /** None, for whoever runs no other runtime. */
    public static NamedHierarchies none() {
        return new NamedHierarchies(List.of(), CgroupFiles.linux());
    }

    static NamedHierarchies of(List<MountInfo> mounts, CgroupFiles files) {
        List<Path> roots =
                mounts.stream()
                        .filter(mount -> mount.type().equals("cgroup"))
                        .filter(mount -> mount.root().equals("/"))
                        .filter(mount ->
                                mount.superOptions().stream().anyMatch(o -> o.startsWith(NAME)))
                        .map(MountInfo::target)
                        .distinct()
                        .toList();
        return new NamedHierarchies(roots, files);
    }

    /** Removes a cgroup in all of them where nothing is in it; what cannot be removed is logged. */
    public void removeIfEmpty(CgroupPath path) {
        for (Path root : roots) {
            Path directory = root.resolve(path.relative());
            if (!files.exists(directory)) {
                continue;
            }
            try {
                files.removeDirectory(directory);
            } catch (SyscallException e) {
                if (!e.is(Errno.ENOENT) && !e.is(Errno.EBUSY)) {
                    LOG.atWarn()
                            .addKeyValue("cgroup", directory)
                            .setCause(e)
                            .log("An empty cgroup of another runtime cannot be removed");
                }
            }
        }
    }
}
