package carafe.bench;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the figures that a turn brings.
 *
 * @param words what it is
 * @param target the greatest ratio to containerd's that is good enough; null without one
 */
record Quantity(String words, String unit, @Nullable Double target) {
    static Quantity of(String words, String unit) {
        return new Quantity(words, unit, null);
    }

    /** One row for each, in the order in which turns measured them. */
    static List<Row> rows(String scenario, List<Quantity> quantities, List<Paired> pairs) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < quantities.size(); i++) {
            Quantity each = quantities.get(i);
            rows.add(pairs.get(i).row(scenario, each.words, each.unit, "containerd", each.target));
        }
        return rows;
    }
}
