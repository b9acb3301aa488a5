package carafe.rpc;

import carafe.proto.cri.UpdateContainerResourcesRequest;
import carafe.proto.cri.UpdateContainerResourcesResponse;
import carafe.runtime.api.ContainerRuntime;

/** Changes the limits of a container that is created or runs. Annotations change nothing. */
record UpdateContainerResources(ContainerRuntime runtime)
        implements Rpc<UpdateContainerResourcesRequest, UpdateContainerResourcesResponse> {
    @Override
    public UpdateContainerResourcesResponse call(
            UpdateContainerResourcesRequest request, Call call) {
        String id = Requests.id("container_id", request.getContainerId());
        call.note("container", id);
        runtime.updateContainer(id, ResourceMessages.fromProto(request.getLinux()));
        return UpdateContainerResourcesResponse.getDefaultInstance();
    }
}
