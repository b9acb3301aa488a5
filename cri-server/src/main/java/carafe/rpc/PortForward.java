package carafe.rpc;

import carafe.base.CarafeException;
import carafe.proto.cri.PortForwardRequest;
import carafe.proto.cri.PortForwardResponse;
import carafe.runtime.api.ContainerRuntime;
import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.StreamUrls;

/** Answers the URL at which connections into a pod's network are served. */
record PortForward(ContainerRuntime runtime, StreamUrls urls)
        implements Rpc<PortForwardRequest, PortForwardResponse> {
    private static final int MAX_PORT = 65_535;

    @Override
    public PortForwardResponse call(PortForwardRequest request, Call call) {
        String id = Requests.id("pod_sandbox_id", request.getPodSandboxId());
        call.note("sandbox", id);
        for (int port : request.getPortList()) {
            if (port < 1 || port > MAX_PORT) {
                throw new CarafeException.Invalid(
                        "port: %d is no port; write 1 to %d".formatted(port, MAX_PORT));
            }
        }
        StreamOrder order =
                new StreamOrder.PortForward(runtime.requireReadySandbox(id), request.getPortList());
        return PortForwardResponse.newBuilder().setUrl(urls.offer(order).toString()).build();
    }
}
