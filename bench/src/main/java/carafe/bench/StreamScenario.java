package carafe.bench;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import java.util.List;

/**
 * What an exec's stream carries out of a container. Into one is no pair: containerd 1.6 ends a
 * command before it has all of its input, see {@link StreamBench}.
 */
final class StreamScenario implements Scenario {
    private static final int ROUNDS = 30;
    private static final double MILLIS = 1e3;

    @Override
    public String name() {
        return "exec-stream";
    }

    @Override
    public List<Row> run(Stage stage) throws Exception {
        try (Pair pair = stage.pair()) {
            StreamTarget ours = StreamTarget.start(pair.ours());
            StreamTarget theirs = StreamTarget.start(pair.theirs());
            Paired pairs =
                    Duel.fight(
                                    1,
                                    2,
                                    stage.rounds(ROUNDS),
                                    () -> new double[] {millis(ours)},
                                    () -> new double[] {millis(theirs)})
                            .getFirst();
            String words =
                    "exec stream over SPDY, %d MiB out of a container"
                            .formatted(StreamTarget.STREAM_MIB);
            return List.of(pairs.row(name(), words, "ms", "containerd"));
        }
    }

    private static double millis(StreamTarget target) throws Exception {
        return StreamTarget.STREAM_MIB * MILLIS / target.download();
    }
}
