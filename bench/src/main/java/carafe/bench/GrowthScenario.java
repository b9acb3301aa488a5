package carafe.bench;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a container costs the same beside 10 and beside 1,000 others, one runtime after the
 * other: a thousand containers of the other one would be in every table of the kernel too.
 */
final class GrowthScenario implements Scenario {
    private static final int FEW = 10;
    private static final int MANY = 1000;
    private static final int ROUNDS = 30;

    /** Starts that do not count, at both sizes, so that both are of a daemon as warm. */
    private static final int WARM_UPS = 100;

    private static final double FLAT = 1.2;

    @Override
    public String name() {
        return "growth";
    }

    /** The figures of one runtime at one size. */
    private record Size(int containers, List<Double> starts, double keepersMib, double daemonMib) {}

    @Override
    public List<Row> run(Stage stage) throws Exception {
        int rounds = stage.rounds(ROUNDS);
        List<Row> rows = new ArrayList<>();
        try (Pair pair = stage.pair()) {
            rows.addAll(grow(stage, pair.ours(), "", FLAT, rounds));
            pair.ours().node().kubelet().removeEverything();
            rows.addAll(grow(stage, pair.theirs(), "containerd: ", null, rounds));
        }
        return rows;
    }

    private List<Row> grow(Stage stage, Peer peer, String whose, @Nullable Double flat, int rounds)
            throws IOException {
        try (Population population = new Population(peer)) {
            Size few = size(stage, population, FEW, rounds);
            return rows(whose, few, size(stage, population, MANY, rounds), flat);
        }
    }

    private static Size size(Stage stage, Population population, int containers, int rounds)
            throws IOException {
        Peer peer = population.peer();
        stage.out().println("  " + peer.name() + ", " + containers + " containers...");
        population.growTo(containers);
        List<Double> starts = new ArrayList<>();
        for (int i = -WARM_UPS; i < rounds; i++) {
            double millis = population.startOneMore();
            if (i >= 0) {
                starts.add(millis);
            }
        }
        return new Size(
                containers,
                starts,
                Memory.of(peer.keepers()).pssMib(),
                Memory.of(List.of(peer.daemonPid())).rssMib());
    }

    private List<Row> rows(String whose, Size few, Size many, @Nullable Double flat) {
        Paired starts = new Paired();
        Paired memory = new Paired();
        for (int i = 0; i < few.starts().size(); i++) {
            starts.add(many.starts().get(i), few.starts().get(i));
            // The same shims, weighed once: nothing is left to chance but for a page here and
            // there.
            memory.add(many.keepersMib() / many.containers(), few.keepersMib() / few.containers());
        }
        Paired daemon = new Paired();
        daemon.add(many.daemonMib(), few.daemonMib());
        String beside = "with " + few.containers();
        String with = " with " + many.containers();
        return List.of(
                starts.row(name(), whose + "Create + Start" + with, "ms", beside, flat),
                memory.row(name(), whose + "shims' PSS per container" + with, "MiB", beside, flat),
                daemon.row(name(), whose + "daemon's RSS" + with, "MiB", beside));
    }
}
