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
 * Section {@code mounts}: the kernel's file systems, the pod's files, the request's mounts and
 * those of its devices, all by depth, so that none hides another. A mount of the request replaces
 * one of ours on the same path; one on /dev replaces all of ours below, since the node's own /dev
 * has what it needs.
 */
final class MountsSection {
    private static final String DEV = "/dev";
    private static final List<String> QUIET = List.of("nosuid", "noexec", "nodev");
    private static final Comparator<OciMount> BY_DEPTH =
            Comparator.comparingInt(each -> Path.of(each.destination()).getNameCount());

    private MountsSection() {}

    static void fill(ArrayNode mounts, SpecRequest request) {
        List<OciMount> asked = asked(request);
        Set<String> taken = new HashSet<>();
        for (OciMount each : asked) {
            if (!taken.add(each.destination())) {
                throw new CarafeException.Invalid(
                        "two mounts on the same path " + each.destination());
            }
        }
        boolean wholeDev = taken.contains(DEV);
        List<OciMount> all = new ArrayList<>(ofKernel(request));
        all.addAll(ofPod(request));
        all.removeIf(each ->
                taken.contains(each.destination())
                        || (wholeDev && each.destination().startsWith(DEV + "/")));
        all.addAll(asked);
        all.sort(BY_DEPTH);
        all.forEach(each -> add(mounts, each));
    }

    /** Whether the request mounts on the whole of /dev, whose nodes are then the source's. */
    static boolean replacesDev(ContainerSpec container) {
        return container.mounts().stream().anyMatch(each -> target(each).equals(DEV));
    }

    private static List<OciMount> asked(SpecRequest request) {
        List<OciMount> asked = new ArrayList<>();
        List<MountSpec> mounts = request.container().mounts();
        for (int i = 0; i < mounts.size(); i++) {
            MountSpec each = mounts.get(i);
            String source = each.image() == null ? each.hostPath() : OciMount.imageSource(i);
            asked.add(
                    new OciMount(
                            target(each),
                            "bind",
                            source,
                            options(each),
                            each.uidMappings(),
                            each.gidMappings()));
        }
        asked.addAll(request.deviceMounts());
        return asked;
    }

    private static List<OciMount> ofKernel(SpecRequest request) {
        boolean privileged = request.container().security().privileged();
        String access = privileged ? "rw" : "ro";
        return List.of(
                new OciMount("/proc", "proc", "proc", QUIET),
                new OciMount(
                        DEV,
                        "tmpfs",
                        "tmpfs",
                        List.of("nosuid", "strictatime", "mode=755", "size=65536k")),
                new OciMount(
                        "/dev/pts",
                        "devpts",
                        "devpts",
                        List.of(
                                "nosuid",
                                "noexec",
                                "newinstance",
                                "ptmxmode=0666",
                                "mode=0620",
                                "gid=5")),
                new OciMount("/dev/mqueue", "mqueue", "mqueue", QUIET),
                sys(request.pod().namespaces(), access),
                new OciMount(
                        "/sys/fs/cgroup",
                        "cgroup",
                        "cgroup",
                        List.of("nosuid", "noexec", "nodev", "relatime", access)));
    }

    /** A sysfs shows a network, and whoever has no rights in that may not mount one. */
    private static OciMount sys(NamespaceModes pod, String access) {
        return pod.ownUser().isPresent() && pod.network() == Mode.NODE
                ? new OciMount(
                        "/sys",
                        "bind",
                        "/sys",
                        List.of("bind", "rprivate", "nosuid", "noexec", "nodev", access))
                : new OciMount(
                        "/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", access));
    }

    private static List<OciMount> ofPod(SpecRequest request) {
        PodContext pod = request.pod();
        Path shm =
                pod.namespaces().ipc() == Mode.NODE
                        ? Path.of("/dev/shm")
                        : pod.files().resolve("shm");
        List<OciMount> mounts = new ArrayList<>();
        mounts.add(ofPod("/dev/shm", shm, "rw"));
        String access = request.container().security().readonlyRootfs() ? "ro" : "rw";
        for (String name : List.of("resolv.conf", "hostname", "hosts")) {
            mounts.add(ofPod("/etc/" + name, pod.files().resolve(name), access));
        }
        return mounts;
    }

    private static OciMount ofPod(String target, Path source, String access) {
        return new OciMount(
                target,
                "bind",
                source.toString(),
                List.of("rbind", "rprivate", "nosuid", "noexec", "nodev", access));
    }

    /** The asked for restrictions hold for all mounts below too, or they would be easy to evade. */
    private static List<String> options(MountSpec mount) {
        List<String> options = new ArrayList<>();
        options.add("rbind");
        options.add(
                switch (mount.propagation()) {
                    case PRIVATE -> "rprivate";
                    case HOST_TO_CONTAINER -> "rslave";
                    case BIDIRECTIONAL -> "rshared";
                });
        options.add(mount.readonly() ? "ro" : "rw");
        if (mount.recursiveReadOnly()) {
            options.add("rro");
        }
        mount.options().forEach(each -> options.add("r" + each));
        return options;
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

    private static void add(ArrayNode mounts, OciMount mount) {
        ObjectNode node = mounts.addObject();
        node.put("destination", mount.destination());
        node.put("type", mount.type());
        node.put("source", mount.source());
        mount.options().forEach(node.putArray("options")::add);
        IdMapArrays.fill(node, mount.uidMappings(), mount.gidMappings());
    }
}
