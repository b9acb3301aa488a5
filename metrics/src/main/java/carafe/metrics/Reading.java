package carafe.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Families whose values are read at each scrape, all by one reader. A reader that fails costs its
 * own families only. Thread-safe as its reader is.
 */
final class Reading implements MultiCollector {
    private static final Logger LOG = LoggerFactory.getLogger(Reading.class);
    private static final String TOTAL = "_total";

    private final List<Family> families;
    private final Consumer<Rows> reader;

    Reading(List<Family> families, Consumer<Rows> reader) {
        this.families = List.copyOf(families);
        this.reader = reader;
    }

    @Override
    public MetricSnapshots collect() {
        Rows rows = new Rows();
        try {
            reader.accept(rows);
            List<MetricSnapshot> snapshots = new ArrayList<>();
            for (Family family : families) {
                Map<List<String>, Double> values = rows.of(family);
                if (!values.isEmpty()) {
                    snapshots.add(snapshot(family, values));
                }
            }
            return new MetricSnapshots(snapshots);
        } catch (RuntimeException e) { // the others' figures matter most when something is wrong
            LOG.atWarn().addKeyValue("families", families.size()).setCause(e).log("Not measured");
            return new MetricSnapshots();
        }
    }

    private static MetricSnapshot snapshot(Family family, Map<List<String>, Double> values) {
        return switch (family.kind()) {
            case COUNTER -> {
                List<CounterSnapshot.CounterDataPointSnapshot> points = new ArrayList<>();
                values.forEach((labels, value) ->
                        points.add(
                                new CounterSnapshot.CounterDataPointSnapshot(
                                        value, labels(family, labels), null, 0)));
                yield new CounterSnapshot(metadata(family), points);
            }
            case GAUGE -> {
                List<GaugeSnapshot.GaugeDataPointSnapshot> points = new ArrayList<>();
                values.forEach((labels, value) ->
                        points.add(
                                new GaugeSnapshot.GaugeDataPointSnapshot(
                                        value, labels(family, labels), null)));
                yield new GaugeSnapshot(metadata(family), points);
            }
            case HISTOGRAM -> throw new IllegalArgumentException(family.name() + " cannot be read");
        };
    }

    private static MetricMetadata metadata(Family family) {
        String name =
                family.name().endsWith(TOTAL)
                        ? family.name().substring(0, family.name().length() - TOTAL.length())
                        : family.name();
        return new MetricMetadata(name, family.help());
    }

    private static Labels labels(Family family, List<String> values) {
        return Labels.of(family.labels(), values);
    }
}
