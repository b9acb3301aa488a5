package carafe.bench;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * ExecSync of {@code true}: in a loop, a second after the last one, and fifty at once; and beside
 * the OCI runtime's own exec, with no daemon between.
 */
final class ExecScenario implements Scenario {
    /** Until the JVM has compiled what runs hot, as on a node that has probed for some minutes. */
    private static final int OUR_WARM_UPS = 6000;

    private static final int ROUNDS = 30;
    private static final int LOOP = 20;
    private static final int AT_ONCE = 50;
    private static final Duration REST = Duration.ofSeconds(1);
    private static final Duration SETTLE = Duration.ofMillis(50);
    private static final double TARGET = 0.10;

    @Override
    public String name() {
        return "exec";
    }

    @Override
    public List<Row> run(Stage stage) throws Exception {
        try (Pair pair = stage.pair();
                Target ours = Target.start(pair.ours());
                Target theirs = Target.start(pair.theirs())) {
            for (int i = 0; i < OUR_WARM_UPS; i++) {
                double _ = ours.prober().probe();
            }
            int rounds = stage.rounds(ROUNDS);
            List<Row> rows = new ArrayList<>();
            rows.addAll(
                    rows(
                            "ExecSync true, back to back",
                            Duel.fight(2, 2, rounds, ours::loop, theirs::loop)));
            rows.addAll(
                    rows(
                            "ExecSync true, 1 s between",
                            Duel.fight(2, 1, rounds, ours::rested, theirs::rested)));
            rows.addAll(
                    rows(
                            "ExecSync true, " + AT_ONCE + " at once, each",
                            Duel.fight(2, 1, rounds, ours::together, theirs::together)));
            rows.add(beside(stage, ours, theirs, rounds));
            return rows;
        }
    }

    private List<Row> rows(String words, List<Paired> pairs) {
        return List.of(
                pairs.get(0).row(name(), words, "ms", "containerd", TARGET),
                pairs.get(1).row(name(), words, "CPU ms", "containerd", TARGET));
    }

    /** The same {@code true} by runc, in the peer's container. */
    private Row beside(Stage stage, Target ours, Target theirs, int rounds) throws Exception {
        stage.out().println(Floor.CRUN);
        return Duel.fight(
                        1,
                        2,
                        rounds,
                        ours::loop,
                        () ->
                                Floor.millis(
                                        "runc",
                                        "--root",
                                        ContainerdPeer.runcRoot().toString(),
                                        "exec",
                                        theirs.id(),
                                        "true"))
                .getFirst()
                .row(name(), "ExecSync true, back to back", "ms", "runc exec", 1.0);
    }

    /** A container that waits for execs, and the connection to it. */
    private record Target(Peer peer, String id, Prober prober) implements AutoCloseable {
        static Target start(Peer peer) throws IOException {
            String id = peer.node().sleeper("exec");
            return new Target(peer, id, Prober.of(peer.node().socket(), id));
        }

        double[] loop() throws Exception {
            double cpu = peer.cpu().total();
            double millis = 0;
            for (int i = 0; i < LOOP; i++) {
                millis += prober.probe();
            }
            return new double[] {millis / LOOP, used(cpu) / LOOP};
        }

        double[] rested() throws Exception {
            Thread.sleep(REST);
            double cpu = peer.cpu().total();
            double millis = prober.probe();
            return new double[] {millis, used(cpu)};
        }

        double[] together() throws Exception {
            List<Prober> probers = new ArrayList<>();
            try (ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE)) {
                for (int i = 0; i < AT_ONCE; i++) {
                    probers.add(Prober.of(peer.node().socket(), id));
                }
                double cpu = peer.cpu().total();
                long begin = System.nanoTime();
                List<Future<Double>> calls = new ArrayList<>();
                probers.forEach(each -> calls.add(clients.submit(each::probe)));
                for (Future<Double> each : calls) {
                    double _ = each.get();
                }
                double millis = (System.nanoTime() - begin) / 1e6;
                return new double[] {millis / AT_ONCE, used(cpu) / AT_ONCE};
            } finally {
                for (Prober each : probers) {
                    each.close();
                }
            }
        }

        /** Milliseconds of CPU since then, with what the last call left to be done. */
        private double used(double before) throws Exception {
            Thread.sleep(SETTLE);
            return 1e3 * (peer.cpu().total() - before);
        }

        @Override
        public void close() throws IOException {
            prober.close();
        }
    }
}
