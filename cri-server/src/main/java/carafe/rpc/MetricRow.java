package carafe.rpc;

import carafe.proto.cri.Metric;
import carafe.proto.cri.MetricDescriptor;
import carafe.proto.cri.MetricType;
import carafe.proto.cri.UInt64Value;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One metric of the CRI: its name, what it means, and where its values come from. The protocol has
 * whole numbers only, so seconds are rounded down.
 *
 * @param labels those beyond {@link #COMMON}, in the order of {@link Sample#labels}
 * @param samples nothing for what was not measured
 * @param <T> what it is measured of
 */
record MetricRow<T>(
        String name,
        String help,
        MetricType type,
        List<String> labels,
        Function<T, Stream<Sample>> samples) {
    /** The labels of every metric, by which kubelet's users find containers. */
    static final List<String> COMMON =
            List.of("container", "id", "image", "name", "namespace", "pod");

    MetricRow {
        labels = List.copyOf(labels);
    }

    /** One value with those of the row's own labels. */
    record Sample(List<String> labels, long value) {
        static Stream<Sample> of(long value, String... labels) {
            return Stream.of(new Sample(List.of(labels), value));
        }
    }

    MetricDescriptor descriptor() {
        return MetricDescriptor.newBuilder()
                .setName(name)
                .setHelp(help)
                .addAllLabelKeys(COMMON)
                .addAllLabelKeys(labels)
                .build();
    }

    /**
     * @param common values of {@link #COMMON}
     */
    Stream<Metric> metrics(T measured, List<String> common) {
        return samples.apply(measured)
                .map(sample ->
                        Metric.newBuilder()
                                .setName(name)
                                .setMetricType(type)
                                .addAllLabelValues(common)
                                .addAllLabelValues(sample.labels())
                                .setValue(UInt64Value.newBuilder().setValue(sample.value()))
                                .build());
    }
}
