package carafe.rpc;

import carafe.proto.cri.PortForwardRequest;
import carafe.proto.cri.PortForwardResponse;
import carafe.runtime.api.ContainerRuntime;
import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.StreamUrls;

/** Answers the URL at which connections into a pod's network are served. */
record PortForward(ContainerRuntime runtime, StreamUrls urls)
        implements Rpc<PortForwardRequest, PortForwardResponse> {
    @Override
    public PortForwardResponse call(PortForwardRequest request, Call call) {
        String id = Requests.id("pod_sandbox_id", request.getPodSandboxId());
        call.note("sandbox", id);
        StreamOrder order = new StreamOrder.PortForward(runtime.requireReadySandbox(id));
        return PortForwardResponse.newBuilder().setUrl(urls.offer(order).toString()).build();
    }
}
