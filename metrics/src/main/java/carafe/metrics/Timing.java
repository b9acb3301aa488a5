package carafe.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import java.time.Duration;

/** How long things take. Thread-safe. */
public final class Timing {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Histogram histogram;

    Timing(Histogram histogram) {
        this.histogram = histogram;
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
}
