package carafe.e2e;

import carafe.proto.cri.ContainerEventResponse;
import carafe.proto.cri.GetEventsRequest;
import carafe.proto.cri.RuntimeServiceGrpc;
import carafe.testkit.client.CriClient;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One subscriber of the daemon's events, from when the daemon says that it listens. */
final class EventReader extends ClientCall.Listener<ContainerEventResponse>
        implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final ClientCall<GetEventsRequest, ContainerEventResponse> call;
    private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final BlockingQueue<ContainerEventResponse> events = new LinkedBlockingQueue<>();

    private EventReader(ClientCall<GetEventsRequest, ContainerEventResponse> call) {
        this.call = call;
    }

    static EventReader open(CriClient client) throws Exception {
        ClientCall<GetEventsRequest, ContainerEventResponse> call =
                client.runtime()
                        .getChannel()
                        .newCall(
                                RuntimeServiceGrpc.getGetContainerEventsMethod(),
                                CallOptions.DEFAULT);
        EventReader reader = new EventReader(call);
        call.start(reader, new Metadata());
        call.sendMessage(GetEventsRequest.getDefaultInstance());
        call.halfClose();
        call.request(Integer.MAX_VALUE);
        reader.begun.get(SOON.toSeconds(), TimeUnit.SECONDS);
        return reader;
    }

    /** The next so many events. */
    List<ContainerEventResponse> take(int count) throws InterruptedException {
        List<ContainerEventResponse> taken = new ArrayList<>();
        while (taken.size() < count) {
            ContainerEventResponse next = events.poll(SOON.toSeconds(), TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError(
                        "%d of %d events: %s".formatted(taken.size(), count, taken));
            }
            taken.add(next);
        }
        return taken;
    }

    /** How the stream ended. */
    Status awaitEnd() throws Exception {
        return end.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void onHeaders(Metadata headers) {
        begun.complete(true);
    }

    @Override
    public void onMessage(ContainerEventResponse event) {
        events.add(event);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        begun.completeExceptionally(status.asException());
        end.complete(status);
    }

    /** As a subscriber that dies; doing so again changes nothing. */
    void hangUp() {
        call.cancel("enough", null);
    }

    @Override
    public void close() {
        hangUp();
    }
}
