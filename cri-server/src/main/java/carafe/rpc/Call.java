package carafe.rpc;

import carafe.base.trace.Span;
import carafe.base.trace.Trace;
import carafe.runtime.api.Caller;
import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One running call: its caller and the facts for its log line. The facts are written by the
 * handler's thread only; the rest is thread-safe.
 */
final class Call implements Caller {
    private final Context context;
    private final Span span;
    private final Map<String, Object> facts = new LinkedHashMap<>();

    /**
     * @param context gRPC's, of this call
     * @param span names its trace in the log
     */
    Call(Context context, Span span) {
        this.context = context;
        this.span = span;
    }

    @Override
    public Duration remaining() {
        Deadline deadline = context.getDeadline();
        return deadline == null
                ? Caller.PATIENT.remaining()
                : Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }

    @Override
    public boolean isGone() {
        // After an answered call the context is cancelled too, but without a cause.
        return context.isCancelled() && context.cancellationCause() != null;
    }

    /** Whether the caller is gone because its deadline passed. */
    boolean isOverdue() {
        Deadline deadline = context.getDeadline();
        return deadline != null && deadline.isExpired();
    }

    /**
     * Notes a fact for the log: ids, names, counts. Never credentials, environment or command
     * lines.
     */
    void note(String key, Object value) {
        facts.put(key, value);
    }

    Map<String, Object> facts() {
        return facts;
    }

    /** Id of the trace it belongs to; empty when nobody traces it. */
    Optional<String> traceId() {
        return span.trace().map(Trace::traceId);
    }
}
