package carafe.rpc;

import carafe.base.CarafeException;
import carafe.proto.cri.ExecRequest;
import carafe.proto.cri.ExecResponse;
import carafe.runtime.api.ContainerRuntime;
import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.StreamUrls;
import carafe.streaming.api.Streams;

/** Answers the URL at which a command's streams are served; it starts when a client connects. */
record Exec(ContainerRuntime runtime, StreamUrls urls) implements Rpc<ExecRequest, ExecResponse> {
    @Override
    public ExecResponse call(ExecRequest request, Call call) {
        String id = Requests.id("container_id", request.getContainerId());
        call.note("container", id);
        if (request.getCmdCount() == 0 || request.getCmd(0).isEmpty()) {
            throw new CarafeException.Invalid("exec in %s: the command is empty".formatted(id));
        }
        Streams streams =
                Requests.streams(
                        request.getStdin(),
                        request.getStdout(),
                        request.getStderr(),
                        request.getTty());
        StreamOrder order =
                new StreamOrder.Exec(runtime.requireRunning(id), request.getCmdList(), streams);
        return ExecResponse.newBuilder().setUrl(urls.offer(order).toString()).build();
    }
}
