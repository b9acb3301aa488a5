package carafe.testkit.fuzz;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tells of an input that does not come to an end, since nobody else will. */
final class HangWatch implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Function<byte[], Path> keep;
    private volatile @Nullable Current current;
    private volatile boolean closed;
    private long count;

    @SuppressWarnings("ArrayRecordComponent") // known by its number, never compared
    private record Current(long number, byte[] input) {}

    HangWatch(Function<byte[], Path> keep) {
        this.keep = keep;
    }

    void start() {
        Thread.ofPlatform().name("fuzz-watch").daemon().start(this::look);
    }

    /** An input begins. Called by one thread. */
    void begin(byte[] input) {
        count++;
        current = new Current(count, input);
    }

    void end() {
        current = null;
    }

    private void look() {
        long last = 0;
        long since = System.nanoTime();
        while (!closed) {
            Current now = current;
            if (now == null || now.number() != last) {
                last = now == null ? 0 : now.number();
                since = System.nanoTime();
            } else if (System.nanoTime() - since > LIMIT.toNanos()) {
                System.err.printf("no end after %s: %s%n", LIMIT, keep.apply(now.input()));
                return;
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
