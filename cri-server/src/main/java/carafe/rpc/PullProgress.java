package carafe.rpc;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.ImageService;
import carafe.image.PullRequest;
import carafe.image.PullStatus;
import carafe.image.reference.ImageReference;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Pulls an image for the {@code carafe} command and tells how far it is, five times a second; the
 * last message is the image's id. Nobody who leaves keeps the pull going.
 */
record PullProgress(ImageService images) implements StreamRpc<StringValue, Struct> {
    private static final Duration LONGEST = Duration.ofHours(6);
    private static final Duration TELL_EVERY = Duration.ofMillis(200);

    static final String ID = "id";
    static final String BYTES = "bytes";
    static final String BYTES_DONE = "bytes_done";
    static final String POSITION = "queue_position";

    @Override
    public void call(StringValue request, Call call, Outlet<Struct> out)
            throws InterruptedException {
        String name = ImageReference.parse(request.getValue()).toString();
        call.note("image", name);
        CompletableFuture<Image> pulled = new CompletableFuture<>();
        Thread puller = Thread.ofVirtual().name("pull " + name).start(() -> pull(name, pulled));
        try {
            out.begin();
            while (!pulled.isDone()) {
                Optional<PullStatus> status =
                        images.pulls().stream().filter(s -> s.names().contains(name)).findFirst();
                if (status.isPresent()) {
                    out.send(message(status.get()));
                }
                waitFor(pulled);
            }
            Image image = result(name, pulled);
            call.note(ID, image.id());
            out.send(Struct.newBuilder().putFields(ID, text(image.id())).build());
        } finally {
            puller.interrupt();
        }
    }

    private void pull(String name, CompletableFuture<Image> pulled) {
        try {
            pulled.complete(images.pull(new PullRequest(name, Optional.empty(), LONGEST)));
        } catch (RuntimeException | Error e) {
            pulled.completeExceptionally(e);
        }
    }

    private static void waitFor(CompletableFuture<Image> pulled) throws InterruptedException {
        try {
            pulled.get(TELL_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // not there yet, or asked for below
        }
    }

    private static Image result(String name, CompletableFuture<Image> pulled)
            throws InterruptedException {
        try {
            return pulled.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CarafeException known
                    ? known
                    : new CarafeException.Internal("pull " + name, e);
        }
    }

    private static Struct message(PullStatus status) {
        Struct.Builder message =
                Struct.newBuilder()
                        .putFields(BYTES, number(status.bytes()))
                        .putFields(BYTES_DONE, number(status.bytesDone()))
                        .putFields(POSITION, number(status.queuePosition()));
        for (PullStatus.State state : PullStatus.State.values()) {
            message.putFields(state.name().toLowerCase(Locale.ROOT), number(status.count(state)));
        }
        return message.build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value number(long number) {
        return Value.newBuilder().setNumberValue((double) number).build();
    }
}
