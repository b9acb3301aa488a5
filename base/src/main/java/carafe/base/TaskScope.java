package carafe.base;

import carafe.base.trace.Span;
import carafe.base.trace.Spans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Children that live no longer than the block that forked them: fork, join, and the first failure
 * interrupts the rest. Same shape as the JDK's structured scope, which is still a preview in 25.
 * Forked and joined by one thread; children run on virtual threads, within the span of the fork.
 */
public final class TaskScope implements AutoCloseable {
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(30);

    private final String name;
    private final List<Child> children = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * @param name what the scope does, for thread names and messages
     */
    public TaskScope(String name) {
        this.name = name;
    }

    /** The outcome of a forked child; readable after {@link #join}. */
    public interface Outcome<T> {
        /**
         * @throws IllegalStateException when the scope was not joined or the child failed
         */
        T get();
    }

    /** Starts a child. */
    public <T> Outcome<T> fork(Callable<T> work) {
        Result<T> result = new Result<>();
        CountDownLatch done = new CountDownLatch(1);
        Span span = Spans.current();
        Thread thread =
                Thread.ofVirtual()
                        .name(name + "-" + children.size())
                        .unstarted(() -> {
                            try {
                                result.set(Spans.<T, Exception>within(span, work::call));
                            } catch (Throwable e) {
                                fail(e);
                            } finally {
                                done.countDown();
                            }
                        });
        children.add(new Child(thread, done));
        thread.start();
        return result;
    }

    /**
     * Waits for all children, or for the first failure.
     *
     * @throws Exception the first child's failure as it was thrown; {@link
     *     CarafeException.Deadline} when time ran out; {@link InterruptedException} when the caller
     *     was interrupted
     */
    public void join(Duration deadline) throws Exception {
        long end = System.nanoTime() + deadline.toNanos();
        for (Child child : children) {
            if (!child.done().await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                interruptAll();
                throw new CarafeException.Deadline(name + " did not end within " + deadline);
            }
        }
        switch (failure.get()) {
            case null -> {}
            case Exception e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    /** Interrupts what still runs and waits for it, so that no child outlives the scope. */
    @Override
    public void close() {
        interruptAll();
        boolean interrupted = Thread.interrupted();
        long end = System.nanoTime() + CLOSE_DEADLINE.toNanos();
        for (Child child : children) {
            try {
                if (!child.done().await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    throw new CarafeException.Internal(
                            name + ": a task ignores its cancellation: " + child.thread());
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void fail(Throwable e) {
        if (failure.compareAndSet(null, e)) {
            interruptAll();
        }
    }

    private void interruptAll() {
        for (Child child : List.copyOf(children)) {
            child.thread().interrupt();
        }
    }

    private record Child(Thread thread, CountDownLatch done) {}

    private static final class Result<T> implements Outcome<T> {
        private volatile @Nullable T value;
        private volatile boolean set;

        void set(T value) {
            this.value = value;
            this.set = true;
        }

        @Override
        @SuppressWarnings("NullAway") // set says that the value is the child's own, null or not
        public T get() {
            if (!set) {
                throw new IllegalStateException("the task has no result");
            }
            return value;
        }
    }
}
