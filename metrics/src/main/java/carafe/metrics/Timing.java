package carafe.metrics;

import carafe.base.trace.Trace;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * How long things take: a histogram that remembers, for each bucket of each series, the last trace
 * that fell into it: its exemplars, which OpenMetrics and Prometheus' protobuf carry. Costs nothing
 * for what nobody traces. Thread-safe.
 */
public final class Timing implements Collector {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Histogram histogram;
    private final Family family;
    private final double[] bounds;
    private final Map<Labels, AtomicReferenceArray<Exemplar>> exemplars = new ConcurrentHashMap<>();

    /**
     * @param histogram not registered itself
     * @param bounds upper ends of its buckets, ascending, without infinity
     */
    Timing(Histogram histogram, Family family, double... bounds) {
        this.histogram = histogram;
        this.family = family;
        this.bounds = bounds.clone();
    }

    /**
     * @param labels values in the family's order
     */
    public void took(Duration length, String... labels) {
        nanos(length.toNanos(), labels);
    }

    /** As {@link #took}. */
    public void nanos(long nanos, String... labels) {
        histogram.labelValues(labels).observe(nanos / NANOS_PER_SECOND);
    }

    /**
     * As {@link #took}.
     *
     * @param trace where it was, if somebody traces it
     */
    public void nanos(long nanos, Optional<Trace> trace, String... labels) {
        nanos(nanos, labels);
        trace.ifPresent(place -> remember(nanos, place, labels));
    }

    private void remember(long nanos, Trace trace, String... labels) {
        double seconds = nanos / NANOS_PER_SECOND;
        Labels series = Labels.of(family.labels(), List.of(labels));
        exemplars
                .computeIfAbsent(series, _ -> new AtomicReferenceArray<>(bounds.length + 1))
                .set(
                        bucket(seconds),
                        new Exemplar(
                                seconds,
                                Labels.of(
                                        Exemplar.TRACE_ID,
                                        trace.traceId(),
                                        Exemplar.SPAN_ID,
                                        trace.spanId()),
                                System.currentTimeMillis()));
    }

    private int bucket(double seconds) {
        int bucket = 0;
        while (bucket < bounds.length && seconds > bounds[bucket]) {
            bucket++;
        }
        return bucket;
    }

    @Override
    public MetricSnapshot collect() {
        HistogramSnapshot all = histogram.collect();
        if (exemplars.isEmpty()) {
            return all;
        }
        return new HistogramSnapshot(
                all.getMetadata(), all.getDataPoints().stream().map(this::with).toList());
    }

    private HistogramDataPointSnapshot with(HistogramDataPointSnapshot point) {
        AtomicReferenceArray<Exemplar> found = exemplars.get(point.getLabels());
        if (found == null) {
            return point;
        }
        List<Exemplar> set = new ArrayList<>();
        for (int i = 0; i < found.length(); i++) {
            Exemplar exemplar = found.get(i);
            if (exemplar != null) {
                set.add(exemplar);
            }
        }
        return new HistogramDataPointSnapshot(
                point.getClassicBuckets(),
                point.getNativeSchema(),
                point.getNativeZeroCount(),
                point.getNativeZeroThreshold(),
                point.getNativeBucketsForPositiveValues(),
                point.getNativeBucketsForNegativeValues(),
                point.getSum(),
                point.getLabels(),
                Exemplars.of(set),
                point.getCreatedTimestampMillis());
    }
}
