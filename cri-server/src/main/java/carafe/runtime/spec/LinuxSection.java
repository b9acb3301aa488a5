package carafe.runtime.spec;

import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.port.HostPaths;
import carafe.runtime.port.ProcessId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Section {@code linux}. */
final class LinuxSection {
    static final List<String> MASKED =
            List.of(
                    "/proc/acpi",
                    "/proc/asound",
                    "/proc/interrupts",
                    "/proc/kcore",
                    "/proc/keys",
                    "/proc/latency_stats",
                    "/proc/sched_debug",
                    "/proc/scsi",
                    "/proc/timer_list",
                    "/proc/timer_stats",
                    "/sys/devices/virtual/powercap",
                    "/sys/firmware");
    static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private LinuxSection() {}

    static void fill(ObjectNode linux, SpecRequest request) {
        fillNamespaces(linux.putArray("namespaces"), request);
        // Beside the path, for runtimes that want to know who is who without looking.
        request.pod()
                .namespaces()
                .ownUser()
                .ifPresent(user -> IdMapArrays.fill(linux, user.uids(), user.gids()));
        ResourcesSection.fill(linux.putObject("resources"), request);
        linux.put("cgroupsPath", request.cgroup());
        fillDevices(linux.putArray("devices"), request);
        ContainerSecurity security = request.container().security();
        if (!security.privileged()) {
            paths(linux, "maskedPaths", security.maskedPaths(), MASKED);
            paths(linux, "readonlyPaths", security.readonlyPaths(), READ_ONLY);
        }
        if (!request.labels().isNone()) {
            linux.put("mountLabel", request.labels().file());
        }
        String propagation = MountsSection.rootPropagation(request.container());
        if (!propagation.isEmpty()) {
            linux.put("rootfsPropagation", propagation);
        }
    }

    private static void fillNamespaces(ArrayNode namespaces, SpecRequest request) {
        NamespaceModes asked = request.container().security().namespaces();
        NamespaceModes pod = request.pod().namespaces();
        ProcessId holder = request.pod().holder();
        if (pod.ownUser().isPresent()) {
            joined(namespaces, "user", "user", holder);
        }
        if (pod.network() != Mode.NODE) {
            joined(namespaces, "network", "net", holder);
            joined(namespaces, "uts", "uts", holder);
        }
        if (pod.ipc() != Mode.NODE) {
            joined(namespaces, "ipc", "ipc", holder);
        }
        switch (asked == null ? pod.pid() : asked.pid()) {
            case CONTAINER -> namespaces.addObject().put("type", "pid");
            case POD -> joined(namespaces, "pid", "pid", holder);
            case TARGET -> joined(namespaces, "pid", "pid", target(request.target()));
            case NODE -> {}
        }
        namespaces.addObject().put("type", "mount");
        // A privileged container manages cgroups of the host, so it must see their true paths.
        if (!request.container().security().privileged()) {
            namespaces.addObject().put("type", "cgroup");
        }
    }

    private static ProcessId target(@Nullable ProcessId target) {
        if (target == null) {
            throw new IllegalArgumentException("PID mode TARGET needs a target");
        }
        return target;
    }

    private static void joined(ArrayNode namespaces, String type, String file, ProcessId process) {
        namespaces
                .addObject()
                .put("type", type)
                .put("path", "/proc/%d/ns/%s".formatted(process.pid(), file));
    }

    /** Nothing is made in a directory of the node that is mounted on /dev. */
    private static void fillDevices(ArrayNode nodes, SpecRequest request) {
        boolean devIsMounted = MountsSection.replacesDev(request.container());
        for (SpecRequest.DeviceGrant each : request.devices()) {
            boolean below = devIsMounted && each.containerPath().startsWith("/dev/");
            if (each.containerPath().isEmpty() || below) {
                continue;
            }
            HostPaths.Device device = each.device();
            ObjectNode node = nodes.addObject();
            node.put("path", each.containerPath());
            node.put("type", String.valueOf(device.type()));
            node.put("major", device.major());
            node.put("minor", device.minor());
            node.put("fileMode", device.mode());
            node.put("uid", device.uid());
            node.put("gid", device.gid());
        }
    }

    private static void paths(
            ObjectNode linux, String name, @Nullable List<String> asked, List<String> defaults) {
        List<String> paths = asked == null ? defaults : asked;
        ArrayNode array = linux.putArray(name);
        paths.forEach(each -> array.add(Texts.withoutNul(name, each)));
    }
}
