package carafe.runtime.spec;

import carafe.base.CarafeException;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Section {@code mounts}: the kernel's file systems, the pod's files, then the request's mounts by
 * depth, so that none hides another. A mount of the request replaces one of ours on the same path.
 */
final class MountsSection {
    private static final Comparator<MountSpec> BY_DEPTH =
            Comparator.comparingInt(each -> Path.of(target(each)).getNameCount());

    private MountsSection() {}

    static void fill(ArrayNode mounts, SpecRequest request) {
        List<MountSpec> asked = new ArrayList<>(request.container().mounts());
        asked.sort(BY_DEPTH);
        Set<String> taken = new HashSet<>();
        for (MountSpec each : asked) {
            if (!taken.add(target(each))) {
                throw new CarafeException.Invalid(
                        "two mounts on the same path " + each.containerPath());
            }
        }
        fillKernel(mounts, request, taken);
        fillPod(mounts, request, taken);
        for (MountSpec each : asked) {
            ObjectNode added = add(mounts, target(each), "bind", each.hostPath(), options(each));
            IdMapArrays.fill(added, each.uidMappings(), each.gidMappings());
        }
    }

    private static void fillKernel(ArrayNode mounts, SpecRequest request, Set<String> taken) {
        boolean privileged = request.container().security().privileged();
        String access = privileged ? "rw" : "ro";
        List<String> quiet = List.of("nosuid", "noexec", "nodev");
        unlessTaken(mounts, taken, "/proc", "proc", "proc", quiet);
        unlessTaken(
                mounts,
                taken,
                "/dev",
                "tmpfs",
                "tmpfs",
                List.of("nosuid", "strictatime", "mode=755", "size=65536k"));
        unlessTaken(
                mounts,
                taken,
                "/dev/pts",
                "devpts",
                "devpts",
                List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"));
        unlessTaken(mounts, taken, "/dev/mqueue", "mqueue", "mqueue", quiet);
        NamespaceModes modes = request.pod().namespaces();
        // A sysfs shows a network, and whoever has no rights in it may not mount one.
        boolean ofNode = modes.ownUser().isPresent() && modes.network() == Mode.NODE;
        unlessTaken(
                mounts,
                taken,
                "/sys",
                ofNode ? "bind" : "sysfs",
                ofNode ? "/sys" : "sysfs",
                ofNode
                        ? List.of("bind", "rprivate", "nosuid", "noexec", "nodev", access)
                        : List.of("nosuid", "noexec", "nodev", access));
        unlessTaken(
                mounts,
                taken,
                "/sys/fs/cgroup",
                "cgroup",
                "cgroup",
                List.of("nosuid", "noexec", "nodev", "relatime", access));
    }

    private static void fillPod(ArrayNode mounts, SpecRequest request, Set<String> taken) {
        PodContext pod = request.pod();
        Path shm =
                pod.namespaces().ipc() == Mode.NODE
                        ? Path.of("/dev/shm")
                        : pod.files().resolve("shm");
        bind(
                mounts,
                taken,
                "/dev/shm",
                shm,
                List.of("rbind", "rprivate", "nosuid", "noexec", "nodev", "rw"));
        String access = request.container().security().readonlyRootfs() ? "ro" : "rw";
        List<String> options = List.of("rbind", "rprivate", "nosuid", "noexec", "nodev", access);
        for (String name : List.of("resolv.conf", "hostname", "hosts")) {
            bind(mounts, taken, "/etc/" + name, pod.files().resolve(name), options);
        }
    }

    private static List<String> options(MountSpec mount) {
        return List.of(
                "rbind",
                switch (mount.propagation()) {
                    case PRIVATE -> "rprivate";
                    case HOST_TO_CONTAINER -> "rslave";
                    case BIDIRECTIONAL -> "rshared";
                },
                mount.readonly() ? "ro" : "rw");
    }

    /** The strongest propagation that a mount needs of the root; empty when private will do. */
    static String rootPropagation(ContainerSpec container) {
        boolean shared = false;
        boolean slave = false;
        for (MountSpec each : container.mounts()) {
            shared |= each.propagation() == MountSpec.Propagation.BIDIRECTIONAL;
            slave |= each.propagation() == MountSpec.Propagation.HOST_TO_CONTAINER;
        }
        return shared ? "rshared" : slave ? "rslave" : "";
    }

    private static String target(MountSpec mount) {
        String path = Texts.withoutNul("a mount's container path", mount.containerPath());
        Path normal = Path.of("/").resolve(path).normalize();
        if (path.isEmpty() || normal.getNameCount() == 0) {
            throw new CarafeException.Invalid(
                    "\"%s\" cannot be mounted on".formatted(mount.containerPath()));
        }
        return normal.toString();
    }

    private static void bind(
            ArrayNode mounts, Set<String> taken, String target, Path source, List<String> options) {
        unlessTaken(mounts, taken, target, "bind", source.toString(), options);
    }

    private static void unlessTaken(
            ArrayNode mounts,
            Set<String> taken,
            String target,
            String type,
            String source,
            List<String> options) {
        if (!taken.contains(target)) {
            add(mounts, target, type, source, options);
        }
    }

    private static ObjectNode add(
            ArrayNode mounts, String target, String type, String source, List<String> options) {
        ObjectNode mount = mounts.addObject();
        mount.put("destination", target);
        mount.put("type", type);
        mount.put("source", source);
        options.forEach(mount.putArray("options")::add);
        return mount;
    }
}
