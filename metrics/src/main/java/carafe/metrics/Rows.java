package carafe.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was read for one scrape. Two rows with the same labels are one, the last: Prometheus refuses
 * a scrape with both. For one thread.
 */
public final class Rows {
    private final Map<Family, Map<List<String>, Double>> values = new LinkedHashMap<>();

    /**
     * @param labels values in the family's order
     */
    public void row(Family family, double value, String... labels) {
        values.computeIfAbsent(family, _ -> new LinkedHashMap<>()).put(List.of(labels), value);
    }

    Map<List<String>, Double> of(Family family) {
        return values.getOrDefault(family, Map.of());
    }
}
