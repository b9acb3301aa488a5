package carafe.bench;

import carafe.bench.pull.PullBench;
import carafe.bench.table.Row;
import java.nio.file.Files;
import java.util.List;

/** Pull and unpack of large images, each by a new daemon. */
final class PullsScenario implements Scenario {
    private static final int ROUNDS = 11;

    @Override
    public String name() {
        return "pulls";
    }

    @Override
    public List<Row> run(Stage stage) throws Exception {
        return PullBench.rows(
                Files.createDirectory(stage.dir().resolve(name())),
                name(),
                stage.rounds(ROUNDS),
                stage.out());
    }
}
