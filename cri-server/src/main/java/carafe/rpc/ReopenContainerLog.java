package carafe.rpc;

import carafe.proto.cri.ReopenContainerLogRequest;
import carafe.proto.cri.ReopenContainerLogResponse;
import carafe.runtime.api.ContainerRuntime;

/** Opens a container's log anew after its file was rotated away. */
record ReopenContainerLog(ContainerRuntime runtime)
        implements Rpc<ReopenContainerLogRequest, ReopenContainerLogResponse> {
    @Override
    public ReopenContainerLogResponse call(ReopenContainerLogRequest request, Call call) {
        String id = Requests.id("container_id", request.getContainerId());
        call.note("container", id);
        runtime.reopenLog(id);
        return ReopenContainerLogResponse.getDefaultInstance();
    }
}
