package carafe.runtime.container;

import carafe.base.CarafeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** One container's stop, shared by all who asked for it. Thread-safe. */
final class StopInProgress {
    /** How late a shortened grace period may be noticed. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final AtomicLong dueNanos;
    private final CompletableFuture<Boolean> end = new CompletableFuture<>();

    /**
     * @param grace at most a century, so that nothing overflows
     */
    StopInProgress(Duration grace) {
        this.dueNanos = new AtomicLong(due(grace));
    }

    /** Lowers the deadline of the grace period; never raises it. */
    void shorten(Duration grace) {
        long wanted = due(grace);
        dueNanos.accumulateAndGet(wanted, (old, fresh) -> fresh - old < 0 ? fresh : old);
    }

    boolean isDue() {
        return dueNanos.get() - System.nanoTime() <= 0;
    }

    /** How long to wait before looking at the deadline again. */
    Duration nextLook() {
        Duration left = Duration.ofNanos(Math.max(dueNanos.get() - System.nanoTime(), 0));
        return left.compareTo(LOOK) < 0 ? left : LOOK;
    }

    void done() {
        end.complete(true);
    }

    void failed(Throwable why) {
        end.completeExceptionally(why);
    }

    /** Waits until it is over; an interrupted or late caller leaves, the stop goes on. */
    void join(String id, Duration wait) {
        try {
            end.get(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case CarafeException known -> known;
                case null, default ->
                        new CarafeException.Internal("stop container %s: %s".formatted(id, e), e);
            };
        } catch (TimeoutException e) {
            throw new CarafeException.Deadline("container %s is still ending".formatted(id), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Deadline("container %s is still ending".formatted(id), e);
        }
    }

    private static long due(Duration grace) {
        return System.nanoTime() + Math.max(grace.toNanos(), 0);
    }
}
