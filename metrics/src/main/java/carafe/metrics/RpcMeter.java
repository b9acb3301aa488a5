package carafe.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Latency of RPCs by method and gRPC code, and how many run. Thread-safe. */
public final class RpcMeter {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofMinutes(2),
    };

    private final MeterRegistry registry;
    private final ConcurrentHashMap<Key, Timer> timers = new ConcurrentHashMap<>();
    private final AtomicInteger running = new AtomicInteger();

    RpcMeter(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("carafe.rpc.running", running::get)
                .description("CRI calls that run now")
                .strongReference(true)
                .register(registry);
    }

    /** An RPC began. */
    public void begin() {
        running.incrementAndGet();
    }

    /**
     * An RPC ended.
     *
     * @param method the RPC's short name
     * @param code the gRPC code's name, {@code OK} included
     */
    public void end(String method, String code, Duration took) {
        running.decrementAndGet();
        timers.computeIfAbsent(new Key(method, code), this::timer).record(took);
    }

    private Timer timer(Key key) {
        return Timer.builder("carafe.rpc")
                .description("Latency of CRI calls by method and gRPC code")
                .tags("method", key.method(), "code", key.code())
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private record Key(String method, String code) {}
}
