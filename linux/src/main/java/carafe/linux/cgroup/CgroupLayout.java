package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.MountInfo;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where each controller lives on this machine. A controller is in one hierarchy only: its own or a
 * shared one of version 1, or the one of version 2.
 *
 * @param v1 mount points by controller; controllers mounted together have the same one
 * @param unified mount point of version 2, where there is one
 * @param unifiedControllers what version 2 offers at its root
 */
public record CgroupLayout(
        Map<Controller, Path> v1, Optional<Path> unified, Set<Controller> unifiedControllers) {
    public CgroupLayout {
        v1 = Map.copyOf(v1);
        unifiedControllers = Set.copyOf(unifiedControllers);
        if (v1.isEmpty() && unified.isEmpty()) {
            throw new CarafeException.Precondition(
                    "no cgroup file system is mounted; mount cgroup2 at /sys/fs/cgroup");
        }
    }

    /** Which versions are in use. */
    public enum Kind {
        V1,
        /** Controllers of version 1, and a version 2 tree that may have some too. */
        HYBRID,
        V2
    }

    /** The layout of this machine. */
    public static CgroupLayout read() throws SyscallException {
        return of(MountInfo.read(), CgroupFiles.linux());
    }

    /** The layout that these mounts make; the first mount of a hierarchy counts. */
    static CgroupLayout of(List<MountInfo> mounts, CgroupFiles files) throws SyscallException {
        Map<Controller, Path> v1 = new EnumMap<>(Controller.class);
        Optional<Path> unified = Optional.empty();
        for (MountInfo mount : mounts) {
            // A bind mount of a part shows another tree than the one pods are named in.
            if (!mount.root().equals("/")) {
                continue;
            }
            if (mount.type().equals("cgroup2") && unified.isEmpty()) {
                unified = Optional.of(mount.target());
            } else if (mount.type().equals("cgroup")) {
                for (String option : mount.superOptions()) {
                    Controller.named(option).ifPresent(c -> v1.putIfAbsent(c, mount.target()));
                }
            }
        }
        Set<Controller> offered = EnumSet.noneOf(Controller.class);
        if (unified.isPresent()) {
            offered.addAll(controllers(files.read(unified.get().resolve("cgroup.controllers"))));
        }
        return new CgroupLayout(v1, unified, offered);
    }

    /** The controllers named in a file such as cgroup.controllers; unknown ones are left out. */
    static Set<Controller> controllers(String text) {
        Set<Controller> found = EnumSet.noneOf(Controller.class);
        for (String name : text.strip().split("\\s+", -1)) {
            Controller.named(name).ifPresent(found::add);
        }
        return found;
    }

    public Kind kind() {
        if (unified.isEmpty()) {
            return Kind.V1;
        }
        return v1.isEmpty() ? Kind.V2 : Kind.HYBRID;
    }

    /** Whether anything on this machine can do what the controller does. */
    public boolean has(Controller controller) {
        return v1.containsKey(controller) || unifiedControllers.contains(controller);
    }

    /** Mount points of version 1, each once. */
    List<Path> v1Roots() {
        return v1.values().stream().distinct().sorted().toList();
    }

    static boolean isMissing(SyscallException e) {
        return e.is(Errno.ENOENT) || e.is(Errno.ENODEV);
    }
}
