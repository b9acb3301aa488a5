package carafe.metrics.trace;

import carafe.metrics.Count;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Spans that have ended and wait to be sent: at most {@value #MOST}, what comes beyond is dropped
 * and counted. One thread sends them in batches; it sleeps while there are none. Nobody who ends a
 * span waits, whatever the collector does. Thread-safe.
 */
final class SpanQueue implements SpanProcessor {
    private static final int MOST = 4096;
    private static final int BATCH = 512;
    private static final Duration GATHER = Duration.ofMillis(500);

    /** More than the exporter's own time with all its tries. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final Duration LAST = Duration.ofSeconds(2);

    private final BlockingQueue<SpanData> waiting = new ArrayBlockingQueue<>(MOST);
    private final SpanExporter exporter;
    private final Count spans;
    private final Thread thread;
    private volatile boolean closing;

    SpanQueue(SpanExporter exporter, Count spans) {
        this.exporter = exporter;
        this.spans = spans.begin("sent").begin("failed").begin("dropped");
        this.thread = Thread.ofVirtual().name("spans").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
        return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (closing || !waiting.offer(span.toSpanData())) {
            spans.add(1, "dropped");
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    private void run() {
        List<SpanData> batch = new ArrayList<>();
        try {
            while (!closing) {
                gather(batch);
                send(batch, LONGEST);
            }
        } catch (InterruptedException e) {
            // Closing: what is left goes now.
        }
        boolean _ = Thread.interrupted();
        long end = System.nanoTime() + LAST.toNanos();
        waiting.drainTo(batch);
        while (!batch.isEmpty() && System.nanoTime() < end) {
            send(batch, Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            waiting.drainTo(batch);
        }
        spans.add(batch.size(), "dropped");
    }

    /** Waits for the first span as long as it takes, for more of them a moment. */
    private void gather(List<SpanData> batch) throws InterruptedException {
        batch.add(waiting.take());
        long end = System.nanoTime() + GATHER.toNanos();
        while (batch.size() < BATCH) {
            SpanData next = waiting.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                break;
            }
            batch.add(next);
        }
    }

    private void send(List<SpanData> batch, Duration longest) {
        CompletableResultCode result = exporter.export(List.copyOf(batch));
        result.join(longest.toNanos(), TimeUnit.NANOSECONDS);
        spans.add(batch.size(), result.isSuccess() ? "sent" : "failed");
        batch.clear();
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        if (thread.getState() != Thread.State.NEW) {
            end();
        }
        exporter.shutdown().join(LAST.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void end() {
        thread.interrupt();
        try {
            thread.join(LAST.plusSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
