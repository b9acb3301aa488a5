package carafe.metrics;

import carafe.base.Steps;
import carafe.base.trace.Spans;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The changes of pods and containers that run now, how far each is, and how long the stages of all
 * of them took. A change runs on one thread, so its stages are those reached on that thread. Where
 * somebody traces the call, change and stages are spans. Thread-safe.
 */
public final class OperationBoard implements Steps {
    /** Beyond this without a new stage somebody should look. */
    private static final Duration STUCK = Duration.ofMinutes(1);

    private static final String BEGIN = "begin";
    private static final String FAILED = "failed";

    private final Timing whole;
    private final Timing stages;
    private final Map<Thread, Entry> current = new ConcurrentHashMap<>();

    public OperationBoard(Meters meters) {
        this.whole = meters.timing(Families.OPERATION);
        this.stages = meters.timing(Families.STAGE);
        meters.read(List.of(Families.OPERATIONS_RUNNING, Families.OPERATIONS_STUCK), this::tell);
    }

    /**
     * A change under way.
     *
     * @param subject id of the pod or container
     * @param after the stage that it has passed last
     * @param stuck since then
     */
    public record Pending(
            String operation, String subject, String after, Duration age, Duration stuck) {}

    private final class Entry implements Running {
        private final String operation;
        private final String subject;
        private final @Nullable Entry outer;
        private final long begin = System.nanoTime();
        private volatile long since = begin;
        private volatile String after = BEGIN;
        private final Spans.Open span;
        private Spans.Open stage;
        private String result = FAILED;

        Entry(String operation, String subject, @Nullable Entry outer) {
            this.operation = operation;
            this.subject = subject;
            this.outer = outer;
            this.span = Spans.open(operation);
            span.note("carafe.id", subject);
            this.stage = Spans.open(operation);
        }

        void reached(String step) {
            long now = System.nanoTime();
            String prefix = operation + ".";
            String name =
                    step.startsWith(prefix)
                            ? step.substring(prefix.length())
                            : step.substring(step.indexOf('.') + 1);
            stages.nanos(now - since, stage.trace(), operation, name);
            stage.rename(operation + "." + name);
            stage.close();
            stage = Spans.open(operation);
            after = name;
            since = now;
        }

        @Override
        public void done() {
            result = "ok";
        }

        @Override
        public void close() {
            whole.nanos(System.nanoTime() - begin, span.trace(), operation, result);
            endSpans();
            Thread thread = Thread.currentThread();
            if (outer == null) {
                current.remove(thread);
            } else {
                current.put(thread, outer);
            }
        }

        /** What came after the last stage counts if it failed. */
        private void endSpans() {
            if (result.equals(FAILED)) {
                stage.rename(operation + ".after." + after);
                stage.fail(FAILED);
                stage.close();
                span.fail("after " + after);
            } else {
                stage.forget();
            }
            span.close();
        }
    }

    @Override
    public void reached(String step) {
        Entry entry = current.get(Thread.currentThread());
        if (entry != null) {
            entry.reached(step);
        }
    }

    @Override
    public Running begin(String operation, String subject) {
        Thread thread = Thread.currentThread();
        Entry entry = new Entry(operation, subject, current.get(thread));
        current.put(thread, entry);
        return entry;
    }

    /** The changes that run now, the oldest first. */
    public List<Pending> pending() {
        long now = System.nanoTime();
        return current.values().stream()
                .map(entry ->
                        new Pending(
                                entry.operation,
                                entry.subject,
                                entry.after,
                                Duration.ofNanos(now - entry.begin),
                                Duration.ofNanos(now - entry.since)))
                .sorted(Comparator.comparing(Pending::age).reversed())
                .toList();
    }

    private void tell(Rows rows) {
        Map<String, Integer> running = new HashMap<>();
        Map<List<String>, Integer> stuck = new HashMap<>();
        for (Pending each : pending()) {
            running.merge(each.operation(), 1, Integer::sum);
            if (each.stuck().compareTo(STUCK) > 0) {
                stuck.merge(List.of(each.operation(), each.after()), 1, Integer::sum);
            }
        }
        running.forEach(
                (operation, count) -> rows.row(Families.OPERATIONS_RUNNING, count, operation));
        stuck.forEach((labels, count) ->
                rows.row(Families.OPERATIONS_STUCK, count, labels.get(0), labels.get(1)));
    }
}
