package carafe.rpc;

import carafe.base.CarafeException;
import carafe.proto.cri.ExecSyncRequest;
import carafe.proto.cri.ExecSyncResponse;
import carafe.runtime.api.ContainerRuntime;
import carafe.runtime.api.ExecSyncResult;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.time.Duration;
import java.util.List;

/** Runs a command in a container to its end, and answers its output and code. */
record ExecSync(ContainerRuntime runtime) implements Rpc<ExecSyncRequest, ExecSyncResponse> {
    @Override
    public ExecSyncResponse call(ExecSyncRequest request, Call call) {
        String id = Requests.id("container_id", request.getContainerId());
        call.note("container", id);
        if (request.getCmdCount() == 0 || request.getCmd(0).isEmpty()) {
            throw new CarafeException.Invalid("exec in %s: the command is empty".formatted(id));
        }
        Duration timeout = Spans.seconds(request.getTimeout());
        ExecSyncResult result = runtime.execSync(id, request.getCmdList(), timeout);
        call.note("exitCode", result.exitCode());
        return ExecSyncResponse.newBuilder()
                .setStdout(whole(result.stdout()))
                .setStderr(whole(result.stderr()))
                .setExitCode(result.exitCode())
                .build();
    }

    /** Not copied: nobody else has the pieces. */
    private static ByteString whole(List<byte[]> pieces) {
        return ByteString.copyFrom(pieces.stream().map(UnsafeByteOperations::unsafeWrap).toList());
    }
}
