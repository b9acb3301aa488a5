package carafe.rpc;

import carafe.proto.cri.StopPodSandboxRequest;
import carafe.proto.cri.StopPodSandboxResponse;
import carafe.runtime.api.ContainerRuntime;

/** Ends a pod's containers and its network; an unknown pod is success. */
record StopPodSandbox(ContainerRuntime runtime)
        implements Rpc<StopPodSandboxRequest, StopPodSandboxResponse> {
    @Override
    public StopPodSandboxResponse call(StopPodSandboxRequest request, Call call) {
        String id = Requests.id("pod_sandbox_id", request.getPodSandboxId());
        call.note("sandbox", id);
        runtime.stopSandbox(id);
        return StopPodSandboxResponse.getDefaultInstance();
    }
}
