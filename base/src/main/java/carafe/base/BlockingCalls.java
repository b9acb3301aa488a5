package carafe.base;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls that may never come back (a look at a dead network file system), each on a platform thread
 * that has nothing else to do, under a deadline. A second call with the same key joins the first,
 * so a dead file system costs one thread, not one per caller. Thread-safe; at most {@value
 * #MAX_STUCK} at a time. A thread that comes back serves later calls, since making one takes as
 * long as many a call, and ends after ten seconds without any: nothing needs to be closed.
 */
public final class BlockingCalls {
    /** How many calls may be under way. */
    public static final int MAX_STUCK = 64;

    private static final int IDLE_SECONDS = 10;

    private final ConcurrentHashMap<String, FutureTask<?>> running = new ConcurrentHashMap<>();

    /** Its bound is {@link #MAX_STUCK}, checked before: here a thread on its way back counts. */
    private final Executor threads =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    Thread.ofPlatform().daemon().name("blocking").factory());

    /**
     * Makes the call.
     *
     * @param key what is looked at; calls of one key must have the same kind of result
     * @throws CarafeException.Unavailable when it does not come back in time, or too many have not
     * @throws Exception what the call threw
     */
    @SuppressWarnings("unchecked") // one key, one kind of result: the caller's part
    public <T> T call(String key, Callable<T> call, Duration deadline) throws Exception {
        FutureTask<?> fresh = new FutureTask<>(call);
        // One that has ended is on its way out of the map: its result is not this caller's.
        FutureTask<?> task =
                running.compute(key, (_, old) -> old == null || old.isDone() ? fresh : old);
        if (task.equals(fresh)) {
            start(key, fresh);
        }
        try {
            return (T) task.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new CarafeException.Unavailable(
                    "%s did not answer within %s; is it on a file system that hangs?"
                            .formatted(key, deadline),
                    e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /** How many calls are under way, for metrics and leak checks. */
    public int underWay() {
        return running.size();
    }

    private void start(String key, FutureTask<?> task) {
        if (running.size() > MAX_STUCK) {
            running.remove(key);
            throw new CarafeException.Unavailable(
                    "%d calls to file systems hang already; not looking at %s"
                            .formatted(MAX_STUCK, key));
        }
        threads.execute(() -> {
            Thread.currentThread().setName("blocking " + key);
            try {
                task.run();
            } finally {
                running.remove(key, task);
                Thread.currentThread().setName("blocking");
            }
        });
    }
}
