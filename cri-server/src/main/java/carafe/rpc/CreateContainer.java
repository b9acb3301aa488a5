package carafe.rpc;

import carafe.proto.cri.CreateContainerRequest;
import carafe.proto.cri.CreateContainerResponse;
import carafe.runtime.api.ContainerRuntime;
import carafe.runtime.api.ContainerSpec;

/** Prepares a container up to the point before its first instruction. */
record CreateContainer(ContainerRuntime runtime)
        implements Rpc<CreateContainerRequest, CreateContainerResponse> {
    @Override
    public CreateContainerResponse call(CreateContainerRequest request, Call call) {
        String sandbox = Requests.id("pod_sandbox_id", request.getPodSandboxId());
        call.note("sandbox", sandbox);
        ContainerSpec spec = ContainerRequests.spec(request.getConfig());
        call.note("name", spec.metadata().name());
        call.note("image", spec.image().image());
        String id = runtime.createContainer(sandbox, spec, call);
        call.note("container", id);
        return CreateContainerResponse.newBuilder().setContainerId(id).build();
    }
}
