package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.DeviceSpec;
import carafe.runtime.port.HostPaths;
import carafe.runtime.spec.SpecRequest.DeviceGrant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the host's devices that a container gets. */
final class DeviceGrants {
    private static final String EVERY_ACCESS = "rwm";

    /** Every container has these of its own. */
    private static final Set<String> OWN =
            Set.of(
                    "/dev/null",
                    "/dev/zero",
                    "/dev/full",
                    "/dev/random",
                    "/dev/urandom",
                    "/dev/tty",
                    "/dev/console",
                    "/dev/ptmx");

    /** Whose the nodes in the container are. */
    enum Ownership {
        /** As on the node. */
        OF_NODE,
        /** The user and group that the request names, where it names them. */
        OF_USER
    }

    private final HostPaths host;
    private final Ownership ownership;

    DeviceGrants(HostPaths host, Ownership ownership) {
        this.host = host;
        this.ownership = ownership;
    }

    List<DeviceGrant> of(ContainerSpec spec) {
        List<DeviceGrant> grants = new ArrayList<>();
        if (spec.security().privileged()) {
            for (HostPaths.Device each : host.devicesBelow("/dev")) {
                if (!OWN.contains(each.path())) {
                    grants.add(new DeviceGrant(each.path(), each, EVERY_ACCESS));
                }
            }
        }
        for (DeviceSpec each : spec.devices()) {
            add(each, spec.security(), grants);
        }
        return grants;
    }

    /** All of both; of two on one path the second one counts. */
    static List<DeviceGrant> join(List<DeviceGrant> first, List<DeviceGrant> second) {
        List<DeviceGrant> all = new ArrayList<>(first);
        second.forEach(each -> put(each, all));
        return all;
    }

    private void add(DeviceSpec asked, ContainerSecurity security, List<DeviceGrant> grants) {
        String access = asked.permissions().isEmpty() ? EVERY_ACCESS : asked.permissions();
        String inside = asked.containerPath().isEmpty() ? asked.hostPath() : asked.containerPath();
        Optional<HostPaths.Device> device = host.device(asked.hostPath());
        if (device.isPresent()) {
            put(new DeviceGrant(inside, owned(device.get(), security), access), grants);
            return;
        }
        List<HostPaths.Device> below =
                host.isDirectory(asked.hostPath())
                        ? host.devicesBelow(asked.hostPath())
                        : List.of();
        if (below.isEmpty()) {
            throw new CarafeException.Invalid(
                    "%s is neither a device of this node nor a directory of devices"
                            .formatted(asked.hostPath()));
        }
        for (HostPaths.Device each : below) {
            String rest = each.path().substring(asked.hostPath().length());
            put(new DeviceGrant(inside + rest, owned(each, security), access), grants);
        }
    }

    private HostPaths.Device owned(HostPaths.Device device, ContainerSecurity security) {
        Long uid = security.runAsUser();
        Long gid = security.runAsGroup();
        return switch (ownership) {
            case OF_NODE -> device;
            case OF_USER ->
                    new HostPaths.Device(
                            device.path(),
                            device.type(),
                            device.major(),
                            device.minor(),
                            device.mode(),
                            uid == null ? device.uid() : uid,
                            gid == null ? device.gid() : gid);
        };
    }

    /** The request's word on a path stands against what privilege gave. */
    private static void put(DeviceGrant grant, List<DeviceGrant> grants) {
        grants.removeIf(each -> each.containerPath().equals(grant.containerPath()));
        grants.add(grant);
    }
}
