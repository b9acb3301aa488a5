package carafe.rpc;

import carafe.proto.cri.ContainerStatusRequest;
import carafe.proto.cri.ContainerStatusResponse;
import carafe.runtime.api.ContainerRuntime;

/** Tells everything about one container. */
record ContainerStatus(ContainerRuntime runtime)
        implements Look<ContainerStatusRequest, ContainerStatusResponse> {
    @Override
    public ContainerStatusResponse call(ContainerStatusRequest request, Call call) {
        String id = Requests.id("container_id", request.getContainerId());
        call.note("container", id);
        carafe.runtime.api.ContainerStatus status = runtime.containerStatus(id);
        ContainerStatusResponse.Builder answer =
                ContainerStatusResponse.newBuilder().setStatus(ContainerMessages.status(status));
        if (request.getVerbose()) {
            answer.putInfo("info", Details.ofContainer(status, runtime.containerDetails(id)));
        }
        return answer.build();
    }

    /** The details are read from a file. */
    @Override
    public boolean mayWait(ContainerStatusRequest request) {
        return request.getVerbose();
    }
}
