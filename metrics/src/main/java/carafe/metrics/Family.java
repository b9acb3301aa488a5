package carafe.metrics;

import java.util.List;

/**
 * One metric family: what docs/metrics.md says of it and what the endpoint exports.
 *
 * @param name as exported, without the endings of its samples ({@code _bucket} and so on)
 * @param labels in the order in which values are given
 */
public record Family(String name, Kind kind, String help, List<String> labels) {
    public Family {
        labels = List.copyOf(labels);
        if (!name.startsWith("carafe_")) {
            throw new IllegalArgumentException(name + " does not start with carafe_");
        }
    }

    /** What Prometheus does with it. */
    public enum Kind {
        COUNTER,
        GAUGE,
        /** Of seconds; classic and native buckets. */
        HISTOGRAM
    }

    static Family counter(String name, String help, String... labels) {
        return new Family("carafe_" + name, Kind.COUNTER, help, List.of(labels));
    }

    static Family gauge(String name, String help, String... labels) {
        return new Family("carafe_" + name, Kind.GAUGE, help, List.of(labels));
    }

    static Family histogram(String name, String help, String... labels) {
        return new Family("carafe_" + name, Kind.HISTOGRAM, help, List.of(labels));
    }
}
