package carafe.rpc;

import carafe.proto.cri.UpdatePodSandboxResourcesRequest;
import carafe.proto.cri.UpdatePodSandboxResourcesResponse;
import carafe.runtime.api.ContainerRuntime;

/** Tells what a pod's parts now may use together. */
record UpdatePodSandboxResources(ContainerRuntime runtime)
        implements Rpc<UpdatePodSandboxResourcesRequest, UpdatePodSandboxResourcesResponse> {
    @Override
    public UpdatePodSandboxResourcesResponse call(
            UpdatePodSandboxResourcesRequest request, Call call) {
        String id = Requests.id("pod_sandbox_id", request.getPodSandboxId());
        call.note("sandbox", id);
        runtime.updateSandbox(
                id,
                ResourceMessages.fromProto(request.getOverhead()),
                ResourceMessages.fromProto(request.getResources()));
        return UpdatePodSandboxResourcesResponse.getDefaultInstance();
    }
}
