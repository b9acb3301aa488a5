package carafe.bench;

import carafe.bench.table.Row;
import java.util.List;

/** Something that a node does, measured for Carafe and beside another in the same run. */
interface Scenario {
    /** As {@code --scenario} takes it. */
    String name();

    /**
     * Measures. What it starts it also ends.
     *
     * @return at least one row
     */
    List<Row> run(Stage stage) throws Exception;
}
