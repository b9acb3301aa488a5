package carafe.rpc;

import carafe.proto.cri.RemoveContainerRequest;
import carafe.proto.cri.RemoveContainerResponse;
import carafe.runtime.api.ContainerRuntime;

/** Removes a container, killing it when it runs; an unknown one is success. */
record RemoveContainer(ContainerRuntime runtime)
        implements Rpc<RemoveContainerRequest, RemoveContainerResponse> {
    @Override
    public RemoveContainerResponse call(RemoveContainerRequest request, Call call) {
        String id = Requests.id("container_id", request.getContainerId());
        call.note("container", id);
        runtime.removeContainer(id);
        return RemoveContainerResponse.getDefaultInstance();
    }
}
