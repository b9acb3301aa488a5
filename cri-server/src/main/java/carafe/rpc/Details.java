package carafe.rpc;

import carafe.runtime.api.ContainerDetails;
import carafe.runtime.api.ContainerStatus;
import carafe.runtime.api.ContainerView;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.PortMapping;
import carafe.runtime.api.SandboxDetails;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.api.SandboxStatus;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The {@code info} of verbose answers, which crictl prints and people search: JSON whose top keys
 * have the names that users of crictl know.
 */
final class Details {
    private Details() {}

    static String ofContainer(ContainerStatus status, ContainerDetails details) {
        ContainerView view = status.view();
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("sandboxID", details.sandboxId());
        info.put("pid", details.pid());
        info.put("snapshotKey", details.snapshot());
        info.put("snapshotter", "overlayfs");
        info.put("cgroup", details.cgroup());
        info.put("bundle", details.bundle());
        info.put("config", config(status, details));
        if (!details.configJson().isEmpty()) {
            info.put("runtimeSpec", Json.embed(details.configJson()));
        }
        info.put("imageID", view.imageId());
        return Json.write(info);
    }

    private static Map<String, Object> config(ContainerStatus status, ContainerDetails details) {
        ContainerView view = status.view();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put(
                "metadata",
                Map.of("name", view.metadata().name(), "attempt", view.metadata().attempt()));
        config.put("image", image(view.image()));
        config.put("labels", view.labels());
        config.put("annotations", view.annotations());
        config.put("log_path", status.logPath());
        config.put("stdin", details.stdio().stdin());
        config.put("stdin_once", details.stdio().stdinOnce());
        config.put("tty", details.stdio().tty());
        config.put("stop_signal", status.stopSignal().name());
        return config;
    }

    private static Map<String, Object> image(ImageName image) {
        return Map.of("image", image.image(), "user_specified_image", image.userSpecified());
    }

    static String ofPod(SandboxStatus status, SandboxDetails details) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("sandboxID", status.view().id());
        info.put("pid", status.holder());
        info.put("runtimeHandler", status.view().runtimeHandler());
        info.put("cgroupParent", status.cgroupParent());
        info.put("overhead", ResourceMessages.shown(status.overhead()));
        info.put("resources", ResourceMessages.shown(status.resources()));
        info.put("bundle", details.bundle());
        info.put("namespaces", namespaces(status));
        info.put("config", config(status, details));
        return Json.write(info);
    }

    /** Where the pod's namespaces can be entered, with nsenter for example. */
    private static Map<String, Object> namespaces(SandboxStatus status) {
        Map<String, Object> paths = new LinkedHashMap<>();
        if (status.holder() != 0) {
            for (String kind : new String[] {"net", "ipc", "uts"}) {
                paths.put(kind, "/proc/%d/ns/%s".formatted(status.holder(), kind));
            }
        }
        return paths;
    }

    private static Map<String, Object> config(SandboxStatus status, SandboxDetails details) {
        SandboxMetadata metadata = status.view().metadata();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put(
                "metadata",
                Map.of(
                        "name", metadata.name(),
                        "uid", metadata.uid(),
                        "namespace", metadata.namespace(),
                        "attempt", metadata.attempt()));
        config.put("hostname", details.hostname());
        config.put("log_directory", details.logDirectory());
        config.put("labels", status.view().labels());
        config.put("annotations", status.view().annotations());
        config.put("port_mappings", details.portMappings().stream().map(Details::port).toList());
        config.put("privileged", details.privileged());
        return config;
    }

    private static Map<String, Object> port(PortMapping port) {
        return Map.of(
                "protocol", port.protocol().name().toLowerCase(Locale.ROOT),
                "container_port", port.containerPort(),
                "host_port", port.hostPort(),
                "host_ip", port.hostIp());
    }
}
