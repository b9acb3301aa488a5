package carafe.bench;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.PodSandboxConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The life of a pod with one container on the node's network, call by call; then Create+Start in a
 * loop, after a second of rest, and fifty at once.
 */
final class PodScenario implements Scenario {
    private static final int WARM_UPS = 60;
    private static final int ROUNDS = 30;
    private static final int PARALLEL_ROUNDS = 11;
    private static final int LOOP = 10;
    private static final int AT_ONCE = 50;
    private static final Duration REST = Duration.ofSeconds(1);

    /** What a call leaves to be done afterwards belongs to its CPU time. */
    private static final Duration SETTLE = Duration.ofMillis(50);

    private static final double START_TARGET = 0.125;

    private static final double END_TARGET = 0.25;

    private static final List<Quantity> LIFE =
            List.of(
                    Quantity.of("RunPodSandbox, host network", "ms"),
                    Quantity.of("CreateContainer", "ms"),
                    Quantity.of("StartContainer", "ms"),
                    Quantity.of("Create + Start of a pod's life", "ms"),
                    Quantity.of("StopContainer (ends on SIGTERM)", "ms"),
                    Quantity.of("RemoveContainer", "ms"),
                    new Quantity("stop + remove a pod with one container", "ms", END_TARGET),
                    Quantity.of("RunPodSandbox, host network", "CPU ms"),
                    Quantity.of("Create + Start of a pod's life", "CPU ms"),
                    new Quantity("stop + remove a pod with one container", "CPU ms", END_TARGET));

    @Override
    public String name() {
        return "pod";
    }

    @Override
    public List<Row> run(Stage stage) throws Exception {
        try (Pair pair = stage.pair();
                Life ours = new Life(pair.ours());
                Life theirs = new Life(pair.theirs())) {
            for (int i = 0; i < WARM_UPS; i++) {
                ours.measure();
            }
            List<Row> rows = new ArrayList<>();
            List<Paired> life =
                    Duel.fight(
                            LIFE.size(), 3, stage.rounds(ROUNDS), ours::measure, theirs::measure);
            rows.addAll(Quantity.rows(name(), LIFE, life));
            ours.open();
            theirs.open();
            rows.addAll(
                    starts(
                            "Create + Start, back to back",
                            Duel.fight(2, 2, stage.rounds(ROUNDS), ours::loop, theirs::loop)));
            rows.addAll(
                    starts(
                            "Create + Start, 1 s between",
                            Duel.fight(2, 1, stage.rounds(ROUNDS), ours::rested, theirs::rested)));
            rows.addAll(
                    starts(
                            "Create + Start, " + AT_ONCE + " at once, each",
                            Duel.fight(
                                    2,
                                    1,
                                    stage.rounds(PARALLEL_ROUNDS),
                                    ours::together,
                                    theirs::together)));
            return rows;
        }
    }

    private List<Row> starts(String words, List<Paired> pairs) {
        return List.of(
                pairs.get(0).row(name(), words, "ms", "containerd", START_TARGET),
                pairs.get(1).row(name(), words, "CPU ms", "containerd", START_TARGET));
    }

    /** One peer's pods. */
    private static final class Life implements AutoCloseable {
        private final Peer peer;
        private final CriCalls calls;
        private int pods;
        private int containers;
        private PodSandboxConfig pod = PodSandboxConfig.getDefaultInstance();
        private String podId = "";

        Life(Peer peer) {
            this.peer = peer;
            this.calls = new CriCalls(peer.node().socket());
        }

        /** One life; its quantities in their order. */
        double[] measure() throws Exception {
            PodSandboxConfig config = peer.node().hostPod("life-" + ++pods);
            // An init that ends on SIGTERM, so that stop is measured and not the grace period.
            ContainerConfig container =
                    peer.node()
                            .container(
                                    "c",
                                    "sh",
                                    "-c",
                                    "trap 'exit 0' TERM; while :; do sleep 1000 & wait; done")
                            .build();
            double cpu = peer.cpu().total();
            long t0 = System.nanoTime();
            String id = calls.runPod(config);
            double run = millisSince(t0);
            double runCpu = settledCpu();
            long t1 = System.nanoTime();
            String containerId = calls.create(id, config, container);
            double create = millisSince(t1);
            calls.start(containerId);
            double createStart = millisSince(t1);
            double startCpu = settledCpu();
            long t2 = System.nanoTime();
            calls.stop(containerId);
            double stop = millisSince(t2);
            calls.remove(containerId);
            double stopRemove = millisSince(t2);
            calls.stopPod(id);
            calls.removePod(id);
            double end = millisSince(t2);
            double endCpu = settledCpu();
            return new double[] {
                run,
                create,
                createStart - create,
                createStart,
                stop,
                stopRemove - stop,
                end,
                1e3 * (runCpu - cpu),
                1e3 * (startCpu - runCpu),
                1e3 * (endCpu - startCpu)
            };
        }

        private double settledCpu() throws Exception {
            Thread.sleep(SETTLE);
            return peer.cpu().total();
        }

        /** A pod for the containers that follow. */
        void open() throws IOException {
            pod = peer.node().hostPod("starts");
            podId = calls.runPod(pod);
        }

        /** Ten, one after the other; their removal is not counted. */
        double[] loop() throws Exception {
            List<String> ids = new ArrayList<>();
            double cpu = peer.cpu().total();
            long begin = System.nanoTime();
            for (int i = 0; i < LOOP; i++) {
                ids.add(start(calls, "loop-" + ++containers));
            }
            double millis = millisSince(begin);
            double used = settledCpu() - cpu;
            for (String id : ids) {
                calls.remove(id);
            }
            return new double[] {millis / LOOP, 1e3 * used / LOOP};
        }

        double[] rested() throws Exception {
            Thread.sleep(REST);
            double cpu = peer.cpu().total();
            long begin = System.nanoTime();
            String id = start(calls, "rested-" + ++containers);
            double millis = millisSince(begin);
            Thread.sleep(SETTLE);
            double used = peer.cpu().total() - cpu;
            calls.remove(id);
            return new double[] {millis, 1e3 * used};
        }

        double[] together() throws Exception {
            List<Future<String>> started = new ArrayList<>();
            List<CriCalls> connections = new ArrayList<>();
            try (ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE)) {
                List<Callable<String>> work = new ArrayList<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    CriCalls own = new CriCalls(peer.node().socket());
                    connections.add(own);
                    String name = "many-" + ++containers;
                    work.add(() -> start(own, name));
                }
                double cpu = peer.cpu().total();
                long begin = System.nanoTime();
                work.forEach(each -> started.add(clients.submit(each)));
                for (Future<String> each : started) {
                    String _ = each.get();
                }
                double millis = millisSince(begin);
                Thread.sleep(SETTLE);
                double used = peer.cpu().total() - cpu;
                for (Future<String> each : started) {
                    calls.remove(each.get());
                }
                return new double[] {millis / AT_ONCE, 1e3 * used / AT_ONCE};
            } finally {
                for (CriCalls each : connections) {
                    each.close();
                }
            }
        }

        private String start(CriCalls by, String name) throws IOException {
            String id =
                    by.create(podId, pod, peer.node().container(name, "sleep", "1000000").build());
            by.start(id);
            return id;
        }

        private static double millisSince(long begin) {
            return (System.nanoTime() - begin) / 1e6;
        }

        @Override
        public void close() throws IOException {
            calls.close();
        }
    }
}
