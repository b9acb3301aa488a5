package carafe.metrics;

import carafe.base.trace.Span;
import carafe.base.trace.Trace;
import carafe.base.trace.Tracer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Latency of RPCs by method and gRPC code, their spans, and which run. Thread-safe. */
public final class RpcMeter {
    private static final String OK = "OK";

    private final Timing timing;
    private final Tracer tracer;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();

    RpcMeter(Meters meters, Tracer tracer) {
        this.timing = meters.timing(Families.RPC);
        this.tracer = tracer;
        meters.gauge(Families.RPC_RUNNING, running::size);
    }

    /**
     * A call under way.
     *
     * @param method the RPC's short name
     * @param age since it began
     */
    public record Pending(String method, Duration age) {}

    /** One call; ended once. */
    public final class Running {
        private final String method;
        private final long begin = System.nanoTime();

        private final Span span;

        private Running(String method, Span span) {
            this.method = method;
            this.span = span;
        }

        /** What the call does is a part of this. */
        public Span span() {
            return span;
        }

        /**
         * @param code the gRPC code's name, {@code OK} included
         * @param facts for its span: ids, names, counts
         */
        public void end(String code, Map<String, ?> facts) {
            running.remove(this);
            long now = System.nanoTime();
            timing.nanos(now - begin, span.trace(), method, code);
            if (span.equals(Span.NONE)) {
                return;
            }
            span.note("rpc.system", "grpc");
            span.note("rpc.method", method);
            span.note("rpc.response.status_code", code);
            facts.forEach((key, value) -> span.note("carafe." + key, value.toString()));
            if (!code.equals(OK)) {
                span.fail(code);
            }
            span.end(now);
        }
    }

    /**
     * An RPC began.
     *
     * @param method the RPC's short name
     * @param caller what it says of its trace
     */
    public Running begin(String method, Optional<Trace> caller) {
        Running call = new Running(method, tracer.call(method, caller));
        running.add(call);
        return call;
    }

    /** The calls that run now, the oldest first. */
    public List<Pending> pending() {
        long now = System.nanoTime();
        return running.stream()
                .map(call -> new Pending(call.method, Duration.ofNanos(now - call.begin)))
                .sorted(Comparator.comparing(Pending::age).reversed())
                .toList();
    }
}
