package carafe.bench;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import carafe.proto.cri.PodSandboxConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A hundred pods of two containers each, all asked for at once, as after a node's restart: until
 * all run, and what they cost then beside themselves.
 */
final class ManyScenario implements Scenario {
    private static final int PODS = 100;
    private static final int CONTAINERS = 2;
    private static final int ROUNDS = 11;
    private static final int SETTLE_MILLIS = 2000;

    private static final List<Quantity> QUANTITIES =
            List.of(
                    new Quantity("100 pods x 2 containers at once, until all run", "ms", 0.33),
                    new Quantity("100 pods x 2 containers at once", "CPU ms", 0.33),
                    new Quantity("their memory: shims + pause, PSS", "MiB", 0.2),
                    new Quantity("their memory: shims + pause + daemon, PSS", "MiB", 0.45),
                    Quantity.of("their memory: shims + pause, private", "MiB"),
                    Quantity.of("daemon alone, PSS", "MiB"),
                    Quantity.of("daemon alone, private", "MiB"),
                    Quantity.of("daemon alone, RSS (to be at most 150)", "MiB"));

    @Override
    public String name() {
        return "many-pods";
    }

    @Override
    public List<Row> run(Stage stage) throws Exception {
        try (Pair pair = stage.pair()) {
            Crowd ours = new Crowd(pair.ours());
            Crowd theirs = new Crowd(pair.theirs());
            List<Paired> pairs =
                    Duel.fight(
                            QUANTITIES.size(),
                            1,
                            stage.rounds(ROUNDS),
                            ours::measure,
                            theirs::measure);
            return Quantity.rows(name(), QUANTITIES, pairs);
        }
    }

    /** One peer's pods. */
    private static final class Crowd {
        private final Peer peer;
        private int round;

        Crowd(Peer peer) {
            this.peer = peer;
        }

        double[] measure() throws Exception {
            round++;
            double cpu = peer.cpu().total();
            double millis = startAll();
            double used = peer.cpu().total() - cpu;
            // What is freed after the storm is not there for long.
            Thread.sleep(SETTLE_MILLIS);
            Memory keepers = Memory.of(peer.keepers());
            Memory daemon = Memory.of(List.of(peer.daemonPid()));
            peer.node().kubelet().removeEverything();
            return new double[] {
                millis,
                1e3 * used,
                keepers.pssMib(),
                keepers.pssMib() + daemon.pssMib(),
                keepers.privateMib(),
                daemon.pssMib(),
                daemon.privateMib(),
                daemon.rssMib()
            };
        }

        private double startAll() throws Exception {
            Collection<Future<?>> started = new ArrayList<>();
            try (ExecutorService clients = Executors.newFixedThreadPool(PODS)) {
                long begin = System.nanoTime();
                for (int i = 0; i < PODS; i++) {
                    PodSandboxConfig pod = peer.node().hostPod("crowd-" + round + "-" + i);
                    started.add(
                            clients.submit(() -> {
                                start(pod);
                                return null;
                            }));
                }
                for (Future<?> each : started) {
                    Object _ = each.get();
                }
                return (System.nanoTime() - begin) / 1e6;
            }
        }

        private void start(PodSandboxConfig pod) throws IOException {
            try (CriCalls calls = new CriCalls(peer.node().socket())) {
                String podId = calls.runPod(pod);
                for (int i = 0; i < CONTAINERS; i++) {
                    calls.start(
                            calls.create(
                                    podId,
                                    pod,
                                    peer.node().container("c" + i, "sleep", "1000000").build()));
                }
            }
        }
    }
}
