package carafe.rpc;

import carafe.proto.cri.StopContainerRequest;
import carafe.proto.cri.StopContainerResponse;
import carafe.runtime.api.ContainerRuntime;
import java.time.Duration;

/** Asks a container to end, and kills it after the grace period; an unknown one is success. */
record StopContainer(ContainerRuntime runtime)
        implements Rpc<StopContainerRequest, StopContainerResponse> {
    @Override
    public StopContainerResponse call(StopContainerRequest request, Call call) {
        String id = Requests.id("container_id", request.getContainerId());
        Duration grace = Spans.seconds(request.getTimeout());
        call.note("container", id);
        call.note("grace", grace);
        runtime.stopContainer(id, grace);
        return StopContainerResponse.getDefaultInstance();
    }
}
