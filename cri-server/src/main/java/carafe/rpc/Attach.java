package carafe.rpc;

import carafe.proto.cri.AttachRequest;
import carafe.proto.cri.AttachResponse;
import carafe.runtime.api.ContainerRuntime;
import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.StreamUrls;
import carafe.streaming.api.Streams;

/** Answers the URL at which the streams of a container's first process are served. */
record Attach(ContainerRuntime runtime, StreamUrls urls)
        implements Rpc<AttachRequest, AttachResponse> {
    @Override
    public AttachResponse call(AttachRequest request, Call call) {
        String id = Requests.id("container_id", request.getContainerId());
        call.note("container", id);
        Streams streams =
                Requests.streams(
                        request.getStdin(),
                        request.getStdout(),
                        request.getStderr(),
                        request.getTty());
        StreamOrder order = new StreamOrder.Attach(runtime.requireRunning(id), streams);
        return AttachResponse.newBuilder().setUrl(urls.offer(order).toString()).build();
    }
}
