package carafe.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every meter of the daemon. Thread-safe. Labels have few, fixed values: never an id, an image name
 * or anything else a user chooses, except those of {@link PullGauges}.
 */
public final class Meters implements AutoCloseable {
    private static final String PREFIX = "carafe.";

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicReference<@Nullable PullGauges> pulls = new AtomicReference<>();
    private final JvmGcMetrics gc = new JvmGcMetrics();

    /** Meters with the build in {@code carafe_build_info} and the JVM's own meters. */
    public Meters(BuildInfo build) {
        registry.config().meterFilter(new OwnNames());
        gauge(
                "build.info",
                "Which Carafe this is; always 1",
                Map.of(
                        "version", build.version(),
                        "revision", build.revision(),
                        "java", build.java()),
                () -> 1);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        gc.bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** The histogram of RPC latencies. */
    public RpcMeter rpc() {
        return new RpcMeter(registry);
    }

    /** Gauges of sandboxes and containers by state, read from the port at each scrape. */
    public void objects(ObjectCounts counts) {
        Stream.of("ready", "notready")
                .forEach(state ->
                        gauge(
                                "sandboxes",
                                "Pod sandboxes by state",
                                Map.of("state", state),
                                () -> counts.sandboxes(state)));
        Stream.of("created", "running", "exited", "unknown")
                .forEach(state ->
                        gauge(
                                "containers",
                                "Containers by state",
                                Map.of("state", state),
                                () -> counts.containers(state)));
    }

    /** Gauges of pulls under way, read from the port at each scrape. */
    public void pulls(PullCounts counts) {
        pulls.set(new PullGauges(registry, counts));
        gauge(
                "downloads.connections",
                "Connections to registries that fetch blobs",
                Map.of(),
                counts::connections);
        gauge(
                "downloads.waiting",
                "Transfers of blobs that wait for a connection",
                Map.of(),
                counts::waiting);
    }

    /**
     * A value that is read at each scrape.
     *
     * @param name dotted, without the prefix {@code carafe.}
     */
    public void gauge(String name, String help, Map<String, String> labels, DoubleSupplier value) {
        Gauge.builder(PREFIX + name, value::getAsDouble)
                .description(help)
                .tags(tags(labels))
                .strongReference(true)
                .register(registry);
    }

    /**
     * A count that only grows; the same name and labels give the same counter.
     *
     * @param name dotted, without the prefix {@code carafe.} and without {@code total}
     */
    public Runnable counter(String name, String help, Map<String, String> labels) {
        Counter counter =
                Counter.builder(PREFIX + name)
                        .description(help)
                        .tags(tags(labels))
                        .register(registry);
        return counter::increment;
    }

    /** Everything in Prometheus' text format 0.0.4. */
    public String scrape() {
        PullGauges gauges = pulls.get();
        if (gauges != null) {
            gauges.refresh();
        }
        return registry.scrape();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }

    private static Tags tags(Map<String, String> labels) {
        return labels.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .reduce(Tags.empty(), (tags, e) -> tags.and(e.getKey(), e.getValue()), Tags::and);
    }

    /** Puts the prefix before the JVM's and the process's own names. */
    private static final class OwnNames implements MeterFilter {
        @Override
        public Meter.Id map(Meter.Id id) {
            // A suffix of its own is what Prometheus keeps for histograms.
            String name = id.getName().equals("system.cpu.count") ? "system.cpus" : id.getName();
            return name.startsWith(PREFIX) ? id : id.withName(PREFIX + name);
        }

        /** CPU time in nanoseconds beside the usage: a unit that Prometheus does not want. */
        @Override
        public MeterFilterReply accept(Meter.Id id) {
            return id.getName().endsWith("process.cpu.time")
                    ? MeterFilterReply.DENY
                    : MeterFilterReply.NEUTRAL;
        }
    }
}
