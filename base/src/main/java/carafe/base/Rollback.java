package carafe.base;

import carafe.base.trace.Spans;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The undo list of one use case. Each acquired thing adds its undo at once; {@link #close()}
 * without a preceding {@link #commit()} runs them newest first, each on its own thread under its
 * own deadline, never under the dead caller's. Not thread-safe: one use case, one thread.
 */
public final class Rollback implements AutoCloseable {
    /** How long one undo may take; one minute, as peers allow. */
    public static final Duration STEP_DEADLINE = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(Rollback.class);

    private final String what;
    private final Duration stepDeadline;
    private final Deque<Step> steps = new ArrayDeque<>();
    private final List<String> leftovers = new ArrayList<>();
    private boolean committed;

    /**
     * @param what the use case and its id, for messages
     */
    public Rollback(String what) {
        this(what, STEP_DEADLINE);
    }

    /**
     * @param stepDeadline how long one undo may take
     */
    public Rollback(String what, Duration stepDeadline) {
        this.what = what;
        this.stepDeadline = stepDeadline;
    }

    /** An undo step; it may throw anything, the remaining steps run all the same. */
    @FunctionalInterface
    public interface Undo {
        void run() throws Exception;
    }

    /** Registers the undo of what was just acquired. */
    public void add(String description, Undo undo) {
        steps.push(new Step(description, undo));
    }

    /** Declares the use case done: what was acquired stays. */
    public void commit() {
        committed = true;
        steps.clear();
    }

    /** What the undo could not give back, described; empty when nothing is left. */
    public List<String> leftovers() {
        return List.copyOf(leftovers);
    }

    @Override
    public void close() {
        if (committed) {
            return;
        }
        while (!steps.isEmpty()) {
            undo(steps.pop());
        }
    }

    private void undo(Step step) {
        FutureTask<Void> task =
                new FutureTask<>(() -> {
                    step.undo().run();
                    return null;
                });
        Thread worker =
                Thread.ofVirtual().name("undo " + step.description()).start(Spans.carried(task));
        boolean interrupted = Thread.interrupted();
        try {
            task.get(stepDeadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
            leftover(step, e);
        } catch (ExecutionException e) {
            leftover(step, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            worker.interrupt();
            leftover(step, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void leftover(Step step, Throwable why) {
        leftovers.add(step.description());
        LOG.atWarn()
                .addKeyValue("usecase", what)
                .addKeyValue("step", step.description())
                .setCause(why)
                .log("Undo failed, something may be left behind");
    }

    private record Step(String description, Undo undo) {}
}
