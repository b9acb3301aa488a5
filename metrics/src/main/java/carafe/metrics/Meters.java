package carafe.metrics;

import carafe.base.trace.Tracer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
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
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Every meter of the daemon: those of {@link Families}, and the JVM's by Micrometer. Thread-safe.
 */
public final class Meters implements AutoCloseable {
    private static final String PREFIX = "carafe.";
    private static final double[] BUCKETS = {
        0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120
    };

    /** Native buckets of one series; more precision gives way to that. */
    private static final int NATIVE_BUCKETS = 64;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusMeterRegistry jvm =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private volatile double lastScrapeSeconds;

    /** Meters with the build in {@code carafe_build_info} and the JVM's own meters. */
    public Meters(BuildInfo build) {
        jvm.config().meterFilter(new OwnNames());
        read(
                List.of(Families.BUILD_INFO),
                rows ->
                        rows.row(
                                Families.BUILD_INFO,
                                1,
                                build.version(),
                                build.revision(),
                                build.java()));
        gauge(Families.SCRAPE, () -> lastScrapeSeconds);
        new JvmMemoryMetrics().bindTo(jvm);
        new JvmThreadMetrics().bindTo(jvm);
        gc.bindTo(jvm);
        new ProcessorMetrics().bindTo(jvm);
        new FileDescriptorMetrics().bindTo(jvm);
        new UptimeMetrics().bindTo(jvm);
    }

    /** The meter of calls, which makes no spans; once. */
    public RpcMeter rpc() {
        return rpc(Tracer.CALLERS);
    }

    /** The meter of calls; once. */
    public RpcMeter rpc(Tracer tracer) {
        return new RpcMeter(this, tracer);
    }

    /** A count of the family; once per family. */
    public Count count(Family family) {
        return new Count(
                Counter.builder()
                        .name(family.name())
                        .help(family.help())
                        .labelNames(family.labels().toArray(String[]::new))
                        .withoutExemplars()
                        .register(registry));
    }

    /** A histogram of the family; once per family. */
    public Timing timing(Family family) {
        Timing timing = new Timing(histogram(family).build(), family, BUCKETS);
        registry.register(timing);
        return timing;
    }

    /** The library's own exemplars would look for an agent. */
    private static Histogram.Builder histogram(Family family) {
        return Histogram.builder()
                .name(family.name())
                .help(family.help())
                .labelNames(family.labels().toArray(String[]::new))
                .withoutExemplars()
                .classicUpperBounds(BUCKETS)
                .nativeMaxNumberOfBuckets(NATIVE_BUCKETS);
    }

    /** Counters and gauges that are read together at each scrape; quick, and once per family. */
    public void read(List<Family> families, Consumer<Rows> reader) {
        registry.register(new Reading(families, reader));
    }

    /** A gauge without labels. */
    public void gauge(Family family, DoubleSupplier value) {
        read(List.of(family), rows -> rows.row(family, value.getAsDouble()));
    }

    /**
     * A finished scrape.
     *
     * @param contentType of the body
     */
    @SuppressWarnings("ArrayRecordComponent") // megabytes; written once
    public record Scrape(String contentType, byte[] body) {}

    /**
     * Everything, in the format that the client asks for: Prometheus' text, OpenMetrics, or
     * Prometheus' protobuf, which alone has native histograms.
     *
     * @param accept the request's header; null for the text format 0.0.4
     */
    public Scrape scrape(@Nullable String accept) {
        long begin = System.nanoTime();
        MetricSnapshots all = registry.scrape();
        lastScrapeSeconds = (System.nanoTime() - begin) / 1e9;
        ExpositionFormatWriter writer = formats.findWriter(accept);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out, all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Scrape(writer.getContentType(), out.toByteArray());
    }

    /** Everything in Prometheus' text format 0.0.4. */
    public String scrape() {
        return new String(scrape(null).body(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        gc.close();
        jvm.close();
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
