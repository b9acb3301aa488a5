package carafe.rpc;

import carafe.metrics.Trace;
import carafe.runtime.api.Caller;
import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One running call: its caller and the facts for its log line. The facts are written by the
 * handler's thread only; the rest is thread-safe.
 */
final class Call implements Caller {
    private final Context context;
    private final Map<String, Object> facts = new LinkedHashMap<>();

    /**
     * @param context gRPC's, of this call
     */
    Call(Context context) {
        this.context = context;
        Trace trace = trace();
        if (trace != null) {
            facts.put("trace", trace.traceId());
        }
    }

    /** The trace it belongs to; null when nobody traces it. */
    @Nullable Trace trace() {
        return TraceContext.of(context);
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
}
