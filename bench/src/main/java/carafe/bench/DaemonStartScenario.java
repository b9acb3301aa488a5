package carafe.bench;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import carafe.proto.cri.PodSandboxConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * From the start of the daemon's program until it lists its pods, without containers and with 500;
 * and the first pod of such a daemon, which finds nothing warm.
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
            rows.addAll(rows(pair, 0, rounds));
            stage.out().println("  " + CONTAINERS + " containers...");
            try (Population ours = new Population(pair.ours());
                    Population theirs = new Population(pair.theirs())) {
                ours.growTo(CONTAINERS);
                theirs.growTo(CONTAINERS);
            }
            rows.addAll(rows(pair, CONTAINERS, rounds));
            pair.ours().node().client().reconnectNow();
            pair.theirs().node().client().reconnectNow();
            return rows;
        }
    }

    private List<Row> rows(Pair pair, int containers, int rounds) throws Exception {
        List<Paired> pairs =
                Duel.fight(2, 1, rounds, () -> restart(pair.ours()), () -> restart(pair.theirs()));
        String with = " with " + containers + " containers";
        return List.of(
                pairs.get(0)
                        .row(
                                name(),
                                "daemon start until it lists pods," + with,
                                "ms",
                                "containerd"),
                pairs.get(1)
                        .row(
                                name(),
                                "first pod with a container after it," + with,
                                "ms",
                                "containerd"));
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
        double ready = (System.nanoTime() - begin) / 1e6;
        return new double[] {ready, firstPod(peer)};
    }

    /** Milliseconds until its container is started; then it is removed. */
    private static double firstPod(Peer peer) throws IOException {
        PodSandboxConfig pod = peer.node().hostPod("first");
        try (CriCalls calls = new CriCalls(peer.node().socket())) {
            long begin = System.nanoTime();
            String podId = calls.runPod(pod);
            calls.start(
                    calls.create(
                            podId, pod, peer.node().container("c", "sleep", "1000000").build()));
            double millis = (System.nanoTime() - begin) / 1e6;
            calls.stopPod(podId);
            calls.removePod(podId);
            return millis;
        }
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
