package carafe.metrics.trace;

import carafe.base.trace.Span;
import carafe.base.trace.Trace;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A span that is recorded.
 *
 * @param clock of the whole call, so that a step of the wall clock bends no span
 */
record OtlpSpan(Tracer tracer, io.opentelemetry.api.trace.Span span, Clock clock) implements Span {

    /**
     * What time it was.
     *
     * @param epochNanos by the wall clock
     * @param nanos by {@link System#nanoTime}
     */
    record Clock(long epochNanos, long nanos) {
        static Clock now() {
            return new Clock(
                    ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()), System.nanoTime());
        }

        long epoch(long nanoTime) {
            return epochNanos + (nanoTime - nanos);
        }
    }

    @Override
    public Span child(String name, long beginNanos) {
        return new OtlpSpan(
                tracer,
                tracer.spanBuilder(name)
                        .setParent(Context.root().with(span))
                        .setStartTimestamp(clock.epoch(beginNanos), TimeUnit.NANOSECONDS)
                        .startSpan(),
                clock);
    }

    @Override
    public void rename(String name) {
        span.updateName(name);
    }

    @Override
    public void note(String key, String value) {
        span.setAttribute(key, value);
    }

    @Override
    public void fail(String why) {
        span.setStatus(StatusCode.ERROR, why);
    }

    @Override
    public void end(long endNanos) {
        span.end(clock.epoch(endNanos), TimeUnit.NANOSECONDS);
    }

    @Override
    public Optional<Trace> trace() {
        SpanContext context = span.getSpanContext();
        return Optional.of(new Trace(context.getTraceId(), context.getSpanId(), true));
    }
}
