package carafe.rpc;

import carafe.proto.cri.RemovePodSandboxRequest;
import carafe.proto.cri.RemovePodSandboxResponse;
import carafe.runtime.api.ContainerRuntime;

/** Removes a pod and its containers; an unknown pod is success. */
record RemovePodSandbox(ContainerRuntime runtime)
        implements Rpc<RemovePodSandboxRequest, RemovePodSandboxResponse> {
    @Override
    public RemovePodSandboxResponse call(RemovePodSandboxRequest request, Call call) {
        String id = Requests.id("pod_sandbox_id", request.getPodSandboxId());
        call.note("sandbox", id);
        runtime.removeSandbox(id);
        return RemovePodSandboxResponse.getDefaultInstance();
    }
}
