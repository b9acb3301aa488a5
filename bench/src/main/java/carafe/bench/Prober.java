package carafe.bench;

import carafe.proto.cri.ExecSyncRequest;
import carafe.proto.cri.ExecSyncResponse;
import carafe.proto.cri.RuntimeServiceGrpc;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * ExecSync of {@code true} in one container, by the client that costs least. Used by one thread.
 */
record Prober(GrpcCall call, ExecSyncRequest request) implements AutoCloseable {
    private static final Duration REST = Duration.ofSeconds(1);

    static Prober of(Path socket, String containerId) throws IOException {
        return new Prober(
                new GrpcCall(socket, RuntimeServiceGrpc.getExecSyncMethod().getFullMethodName()),
                ExecSyncRequest.newBuilder()
                        .setContainerId(containerId)
                        .addCmd("true")
                        .setTimeout(10)
                        .build());
    }

    /** Milliseconds of one call. */
    double probe() throws IOException {
        long begin = System.nanoTime();
        byte[] answer = call.call(request.toByteArray());
        double millis = (System.nanoTime() - begin) / 1e6;
        if (ExecSyncResponse.parseFrom(answer).getExitCode() != 0) {
            throw new IllegalStateException("true has failed");
        }
        return millis;
    }

    /** The same, a second after what was before. */
    double rested() throws IOException, InterruptedException {
        Thread.sleep(REST);
        return probe();
    }

    @Override
    public void close() throws IOException {
        call.close();
    }
}
