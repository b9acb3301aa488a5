package carafe.rpc;

import carafe.proto.cri.ContainerEventResponse;
import carafe.proto.cri.ContainerEventType;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.api.SandboxStatus;

/** Events as protocol messages. */
final class EventMessages {
    private EventMessages() {}

    /** The pod is absent when it was gone before its container's event. */
    static ContainerEventResponse event(RuntimeEvent event) {
        ContainerEventResponse.Builder message =
                ContainerEventResponse.newBuilder()
                        .setContainerId(event.containerId())
                        .setContainerEventType(type(event.kind()))
                        .setCreatedAt(event.atNanos());
        SandboxStatus pod = event.pod();
        if (pod != null) {
            message.setPodSandboxStatus(SandboxMessages.status(pod));
            pod.containers().stream()
                    .map(ContainerMessages::status)
                    .forEach(message::addContainersStatuses);
        }
        return message.build();
    }

    private static ContainerEventType type(RuntimeEvent.Kind kind) {
        return switch (kind) {
            case CREATED -> ContainerEventType.CONTAINER_CREATED_EVENT;
            case STARTED -> ContainerEventType.CONTAINER_STARTED_EVENT;
            case STOPPED -> ContainerEventType.CONTAINER_STOPPED_EVENT;
            case DELETED -> ContainerEventType.CONTAINER_DELETED_EVENT;
        };
    }
}
