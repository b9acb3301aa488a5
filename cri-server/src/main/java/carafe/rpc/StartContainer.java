package carafe.rpc;

import carafe.proto.cri.StartContainerRequest;
import carafe.proto.cri.StartContainerResponse;
import carafe.runtime.api.ContainerRuntime;

/** Starts a created container. */
record StartContainer(ContainerRuntime runtime)
        implements Rpc<StartContainerRequest, StartContainerResponse> {
    @Override
    public StartContainerResponse call(StartContainerRequest request, Call call) {
        String id = Requests.id("container_id", request.getContainerId());
        call.note("container", id);
        runtime.startContainer(id);
        return StartContainerResponse.getDefaultInstance();
    }
}
