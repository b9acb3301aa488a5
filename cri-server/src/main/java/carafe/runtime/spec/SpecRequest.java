package carafe.runtime.spec;

import carafe.image.ImageConfig;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.port.HostPaths;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.Selinux;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a container's specification is made of, looked up beforehand.
 *
 * @param user as resolved in the image
 * @param devices of the host that the container gets, under the path it sees them at
 * @param deviceMounts what CDI devices bring along beside nodes and variables, and the volumes that
 *     the image declares
 * @param hooks in the order in which they are run
 * @param cgroup path below each hierarchy's root
 * @param labels of SELinux
 * @param target the process whose PID namespace is joined, only with mode TARGET
 */
public record SpecRequest(
        ContainerSpec container,
        ImageConfig image,
        PodContext pod,
        ResolvedUser user,
        List<DeviceGrant> devices,
        List<OciMount> deviceMounts,
        List<OciHook> hooks,
        String cgroup,
        @Nullable ProcessId target,
        HostFacts host,
        Selinux.Contexts labels) {
    public SpecRequest {
        devices = List.copyOf(devices);
        deviceMounts = List.copyOf(deviceMounts);
        hooks = List.copyOf(hooks);
    }

    /**
     * A device for the container.
     *
     * @param containerPath where it appears; empty = access only, no node
     * @param access some of {@code rwm}
     */
    public record DeviceGrant(String containerPath, HostPaths.Device device, String access) {}
}
