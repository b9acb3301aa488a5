package carafe.rpc;

import carafe.proto.cri.Container;
import carafe.proto.cri.ContainerResources;
import carafe.proto.cri.ContainerState;
import carafe.proto.cri.ContainerUser;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.LinuxContainerUser;
import carafe.proto.cri.Mount;
import carafe.proto.cri.MountPropagation;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerMetadata;
import carafe.runtime.api.ContainerPhase;
import carafe.runtime.api.ContainerStatus;
import carafe.runtime.api.ContainerView;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.ProcessUser;

/** Containers as protocol messages. */
final class ContainerMessages {
    private ContainerMessages() {}

    static ContainerFilter filter(carafe.proto.cri.ContainerFilter filter) {
        return new ContainerFilter(
                filter.getId().isEmpty() ? "" : Requests.id("filter.id", filter.getId()),
                filter.getPodSandboxId().isEmpty()
                        ? ""
                        : Requests.id("filter.pod_sandbox_id", filter.getPodSandboxId()),
                filter.hasState() ? phase(filter.getState().getState()) : null,
                filter.getLabelSelectorMap());
    }

    static Container item(ContainerView view) {
        return Container.newBuilder()
                .setId(view.id())
                .setPodSandboxId(view.sandboxId())
                .setMetadata(metadata(view.metadata()))
                .setImage(image(view.image()))
                .setImageRef(view.imageRef())
                .setState(state(view.phase()))
                .setCreatedAt(view.createdAtNanos())
                .putAllLabels(view.labels())
                .putAllAnnotations(view.annotations())
                .setImageId(view.imageId())
                .build();
    }

    static carafe.proto.cri.ContainerStatus status(ContainerStatus status) {
        ContainerView view = status.view();
        return carafe.proto.cri.ContainerStatus.newBuilder()
                .setId(view.id())
                .setMetadata(metadata(view.metadata()))
                .setState(state(view.phase()))
                .setCreatedAt(view.createdAtNanos())
                .setStartedAt(status.startedAtNanos())
                .setFinishedAt(status.finishedAtNanos())
                .setExitCode(status.exitCode())
                .setImage(image(view.image()))
                .setImageRef(view.imageRef())
                .setReason(status.reason())
                .setMessage(status.message())
                .putAllLabels(view.labels())
                .putAllAnnotations(view.annotations())
                .addAllMounts(status.mounts().stream().map(ContainerMessages::mount).toList())
                .setLogPath(status.logPath())
                .setResources(
                        ContainerResources.newBuilder()
                                .setLinux(ResourceMessages.toProto(status.resources())))
                .setImageId(view.imageId())
                .setUser(user(status.user()))
                .setStopSignal(Signals.toProto(status.stopSignal()))
                .build();
    }

    static ImageSpec image(ImageName image) {
        return ImageSpec.newBuilder()
                .setImage(image.image())
                .setUserSpecifiedImage(image.userSpecified())
                .setRuntimeHandler(image.runtimeHandler())
                .putAllAnnotations(image.annotations())
                .setImageRef(image.ref())
                .build();
    }

    private static carafe.proto.cri.ContainerMetadata metadata(ContainerMetadata metadata) {
        return carafe.proto.cri.ContainerMetadata.newBuilder()
                .setName(metadata.name())
                .setAttempt(metadata.attempt())
                .build();
    }

    private static Mount mount(MountSpec mount) {
        Mount.Builder message =
                Mount.newBuilder()
                        .setContainerPath(mount.containerPath())
                        .setHostPath(mount.hostPath())
                        .setReadonly(mount.readonly())
                        .setSelinuxRelabel(mount.selinuxRelabel())
                        .setPropagation(propagation(mount.propagation()))
                        .addAllUidMappings(NamespaceMessages.idMappings(mount.uidMappings()))
                        .addAllGidMappings(NamespaceMessages.idMappings(mount.gidMappings()))
                        .setRecursiveReadOnly(mount.recursiveReadOnly())
                        .setImageSubPath(mount.imageSubPath())
                        .addAllMountOptions(mount.options());
        ImageName image = mount.image();
        if (image != null) {
            message.setImage(image(image));
        }
        return message.build();
    }

    private static MountPropagation propagation(MountSpec.Propagation propagation) {
        return switch (propagation) {
            case PRIVATE -> MountPropagation.PROPAGATION_PRIVATE;
            case HOST_TO_CONTAINER -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
            case BIDIRECTIONAL -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
        };
    }

    private static ContainerUser user(ProcessUser user) {
        return ContainerUser.newBuilder()
                .setLinux(
                        LinuxContainerUser.newBuilder()
                                .setUid(user.uid())
                                .setGid(user.gid())
                                .addAllSupplementalGroups(user.supplementalGroups()))
                .build();
    }

    private static ContainerPhase phase(ContainerState state) {
        return switch (state) {
            case CONTAINER_CREATED -> ContainerPhase.CREATED;
            case CONTAINER_RUNNING -> ContainerPhase.RUNNING;
            case CONTAINER_EXITED -> ContainerPhase.EXITED;
            case CONTAINER_UNKNOWN -> ContainerPhase.UNKNOWN;
            case UNRECOGNIZED -> throw Requests.unknown("filter.state", state);
        };
    }

    private static ContainerState state(ContainerPhase phase) {
        return switch (phase) {
            case CREATED -> ContainerState.CONTAINER_CREATED;
            case RUNNING -> ContainerState.CONTAINER_RUNNING;
            case EXITED -> ContainerState.CONTAINER_EXITED;
            case UNKNOWN -> ContainerState.CONTAINER_UNKNOWN;
        };
    }
}
