package carafe.rpc;

import carafe.base.CarafeException;
import carafe.proto.cri.CDIDevice;
import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.Device;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.KeyValue;
import carafe.proto.cri.Mount;
import carafe.proto.cri.MountPropagation;
import carafe.runtime.api.Bytes;
import carafe.runtime.api.ContainerMetadata;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.DeviceSpec;
import carafe.runtime.api.EnvVar;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.Resources;

/** The request for a container as a domain record; what cannot be right is refused here. */
final class ContainerRequests {
    private ContainerRequests() {}

    static ContainerSpec spec(ContainerConfig config) {
        return new ContainerSpec(
                metadata(config),
                image(config.getImage()),
                config.getCommandList(),
                config.getArgsList(),
                config.getWorkingDir(),
                config.getEnvsList().stream().map(ContainerRequests::env).toList(),
                config.getMountsList().stream().map(ContainerRequests::mount).toList(),
                config.getDevicesList().stream().map(ContainerRequests::device).toList(),
                config.getCDIDevicesList().stream().map(CDIDevice::getName).toList(),
                Requests.labels("labels", config.getLabelsMap()),
                Requests.labels("annotations", config.getAnnotationsMap()),
                Requests.relativePath("log_path", config.getLogPath()),
                new ContainerSpec.Stdio(config.getStdin(), config.getStdinOnce(), config.getTty()),
                config.hasLinux()
                        ? ResourceMessages.fromProto(config.getLinux().getResources())
                        : Resources.NONE,
                config.getLinux().hasSecurityContext()
                        ? SecurityMessages.container(config.getLinux().getSecurityContext())
                        : ContainerSecurity.NONE,
                Signals.fromProto(config.getStopSignal()));
    }

    private static ContainerMetadata metadata(ContainerConfig config) {
        if (!config.hasMetadata()) {
            throw new CarafeException.Invalid(
                    "the container has no name (config.metadata is missing)");
        }
        return new ContainerMetadata(
                Requests.name("metadata.name", config.getMetadata().getName()),
                Requests.positiveInt(
                        "metadata.attempt",
                        Integer.toUnsignedLong(config.getMetadata().getAttempt())));
    }

    private static ImageName image(ImageSpec image) {
        String name = Requests.imageName(image);
        return new ImageName(
                name,
                image.getUserSpecifiedImage(),
                image.getRuntimeHandler(),
                image.getAnnotationsMap());
    }

    private static EnvVar env(KeyValue pair) {
        Bytes value = Bytes.of(pair.getValue().toByteArray());
        if (pair.getKey().isEmpty()
                || pair.getKey().indexOf('=') >= 0
                || pair.getKey().indexOf('\0') >= 0) {
            throw new CarafeException.Invalid(
                    "envs: the name \"%s\" is empty or has a = or NUL in it"
                            .formatted(pair.getKey().replace('\0', '?')));
        }
        if (value.contains((byte) 0)) {
            throw new CarafeException.Invalid(
                    "envs: the value of %s has a NUL in it".formatted(pair.getKey()));
        }
        return new EnvVar(pair.getKey(), value);
    }

    private static MountSpec mount(Mount mount) {
        return new MountSpec(
                Requests.absolutePath("mounts.container_path", mount.getContainerPath()),
                Requests.pathOrEmpty("mounts.host_path", mount.getHostPath()),
                mount.getReadonly(),
                mount.getRecursiveReadOnly(),
                mount.getSelinuxRelabel(),
                propagation(mount.getPropagation()),
                NamespaceMessages.fromProto(mount.getUidMappingsList()),
                NamespaceMessages.fromProto(mount.getGidMappingsList()),
                mount.hasImage() ? image(mount.getImage()) : null,
                Requests.withoutNul("mounts.image_sub_path", mount.getImageSubPath()),
                mount.getMountOptionsList());
    }

    private static MountSpec.Propagation propagation(MountPropagation propagation) {
        return switch (propagation) {
            case PROPAGATION_PRIVATE -> MountSpec.Propagation.PRIVATE;
            case PROPAGATION_HOST_TO_CONTAINER -> MountSpec.Propagation.HOST_TO_CONTAINER;
            case PROPAGATION_BIDIRECTIONAL -> MountSpec.Propagation.BIDIRECTIONAL;
            case UNRECOGNIZED -> throw Requests.unknown("mounts.propagation", propagation);
        };
    }

    private static DeviceSpec device(Device device) {
        return new DeviceSpec(
                device.getContainerPath(),
                Requests.absolutePath("devices.host_path", device.getHostPath()),
                device.getPermissions());
    }
}
