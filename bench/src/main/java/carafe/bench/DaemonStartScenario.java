package carafe.bench;

import carafe.bench.table.Row;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * From the start of the daemon's program until it lists its pods, without containers and with 500.
 */
final class DaemonStartScenario implements Scenario {
    private static final int ROUNDS = 11;
    private static final int CONTAINERS = 500;
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    @Override
    public String name() {
        return "daemon-start";
    }

    @Override
    public List<Row> run(Stage stage) throws Exception {
        try (Pair pair = stage.pair()) {
            int rounds = stage.rounds(ROUNDS);
            List<Row> rows = new ArrayList<>();
            rows.add(row(pair, 0, rounds));
            stage.out().println("  " + CONTAINERS + " containers...");
            try (Population ours = new Population(pair.ours());
                    Population theirs = new Population(pair.theirs())) {
                ours.growTo(CONTAINERS);
                theirs.growTo(CONTAINERS);
            }
            rows.add(row(pair, CONTAINERS, rounds));
            pair.ours().node().client().reconnectNow();
            pair.theirs().node().client().reconnectNow();
            return rows;
        }
    }

    private Row row(Pair pair, int containers, int rounds) throws Exception {
        return Duel.fight(1, 1, rounds, () -> restart(pair.ours()), () -> restart(pair.theirs()))
                .getFirst()
                .row(
                        name(),
                        "daemon start until it lists " + containers + " containers' pods",
                        "ms",
                        "containerd");
    }

    private static double[] restart(Peer peer) throws IOException, InterruptedException {
        peer.stopDaemon();
        long begin = System.nanoTime();
        peer.spawnDaemon();
        long end = begin + DEADLINE.toNanos();
        while (!lists(peer)) {
            if (System.nanoTime() > end) {
                throw new IOException(peer.name() + " does not answer after " + DEADLINE);
            }
            Thread.sleep(2);
        }
        return new double[] {(System.nanoTime() - begin) / 1e6};
    }

    private static boolean lists(Peer peer) {
        try (CriCalls calls = new CriCalls(peer.node().socket())) {
            int _ = calls.listPods();
            return true;
        } catch (IOException e) {
            // Not yet there, or not yet ready for this call.
            return false;
        }
    }
}
