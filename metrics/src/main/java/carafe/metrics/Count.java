package carafe.metrics;

import io.prometheus.metrics.core.metrics.Counter;

/** A count that only grows. Thread-safe. */
public final class Count {
    private final Counter counter;

    Count(Counter counter) {
        this.counter = counter;
    }

    /**
     * @param labels values in the family's order
     */
    public void add(double amount, String... labels) {
        counter.labelValues(labels).inc(amount);
    }

    /** Shows it as 0, so that its first growth is seen as one. */
    public Count begin(String... labels) {
        counter.initLabelValues(labels);
        return this;
    }
}
