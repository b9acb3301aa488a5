package carafe.metrics;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Latency of RPCs by method and gRPC code, and which run. Thread-safe. */
public final class RpcMeter {
    private final TracedHistogram timing;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();

    public RpcMeter(Meters meters) {
        this.timing = meters.traced(Families.RPC);
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

        private Running(String method) {
            this.method = method;
        }

        /**
         * @param code the gRPC code's name, {@code OK} included
         * @param trace the one it belongs to, if somebody traces it
         */
        public void end(String code, @Nullable Trace trace) {
            running.remove(this);
            long nanos = System.nanoTime() - begin;
            if (trace == null) {
                timing.nanos(nanos, method, code);
            } else {
                timing.nanos(nanos, trace, method, code);
            }
        }
    }

    /**
     * An RPC began.
     *
     * @param method the RPC's short name
     */
    public Running begin(String method) {
        Running call = new Running(method);
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
