package carafe.bench;

import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.client.Kubelet;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * RunPodSandbox with different networks, in rounds in which each has its turn: one pod after the
 * other, and twenty at once. ADD of the built-in network, by the daemon's own metric, is set beside
 * the same netlink calls in C, and the plugins are run by themselves.
 */
final class NetworkBench {
    /** For each, as on a node that has made pods before. */
    private static final Duration WARM_UP = Duration.ofSeconds(8);

    /**
     * The kernel takes the namespace of a removed pod away in the background, and holds its lock.
     */
    private static final long SETTLE_MILLIS = 150;

    private static final int ADD_WARM_UPS = 30;
    private static final int ROUNDS = 30;
    private static final int PARALLEL_ROUNDS = 5;
    private static final int AT_ONCE = 20;

    private static final String ATTACHED = "carafe_network_seconds_sum{operation=\"attach\"";

    private final List<Peer> peers;
    private final OwnDaemon bridge;
    private final OwnBridge alone;
    private final BareNetwork bare;
    private final BarePlugins plugins;
    private final PrintStream out;
    private int pods;

    /**
     * @param peers on the node's network, with the built-in one, with plugins, and a peer with
     *     plugins
     * @param bridge that of them with the built-in one
     * @param alone the built-in one without a daemon
     */
    NetworkBench(
            List<Peer> peers,
            OwnDaemon bridge,
            OwnBridge alone,
            BareNetwork bare,
            BarePlugins plugins,
            PrintStream out) {
        this.peers = List.copyOf(peers);
        this.bridge = bridge;
        this.alone = alone;
        this.bare = bare;
        this.plugins = plugins;
        this.out = out;
    }

    void run() throws Exception {
        warmUp();
        List<List<Double>> single =
                peers.stream().<List<Double>>map(_ -> new ArrayList<>()).toList();
        List<List<Double>> many = peers.stream().<List<Double>>map(_ -> new ArrayList<>()).toList();
        Parts parts = new Parts();
        for (int i = 0; i < ROUNDS; i++) {
            double before = attachMillis();
            for (int which : turn(i)) {
                Thread.sleep(SETTLE_MILLIS);
                single.get(which).add(one(peers.get(which)));
            }
            parts.inPod.add(attachMillis() - before);
            Thread.sleep(SETTLE_MILLIS);
            parts.kernel.add(bare.measure());
            Thread.sleep(SETTLE_MILLIS);
            parts.alone.add(alone.measure());
            Thread.sleep(SETTLE_MILLIS);
            parts.programs.add(plugins.measure());
        }
        for (int i = 0; i < PARALLEL_ROUNDS; i++) {
            for (int which : turn(i)) {
                many.get(which).add(together(peers.get(which)));
            }
        }
        print("RunPodSandbox, one after the other, ms", single);
        print("RunPodSandbox, 20 at once, ms until all are ready", many);
        parts.print(out);
    }

    private void warmUp() throws Exception {
        for (Peer peer : peers) {
            long end = System.nanoTime() + WARM_UP.toNanos();
            while (System.nanoTime() < end) {
                one(peer);
            }
        }
        for (int i = 0; i < ADD_WARM_UPS; i++) {
            double _ = alone.measure();
        }
    }

    /** Of what RunPodSandbox does, that which makes the network; milliseconds, a value a round. */
    private static final class Parts {
        final List<Double> inPod = new ArrayList<>();
        final List<Double> alone = new ArrayList<>();
        final List<Double> kernel = new ArrayList<>();
        final List<Double> programs = new ArrayList<>();

        void print(PrintStream out) {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < alone.size(); i++) {
                ratios.add(alone.get(i) / kernel.get(i));
            }
            out.printf(
                    Locale.ROOT,
                    "ADD of the built-in network: in RunPodSandbox, beside its other steps, %.2f ms;"
                            + " by itself %.2f ms; the same netlink calls in C %.2f ms;"
                            + " ratio of these two %.2f (%.2f to %.2f)%n",
                    median(inPod),
                    median(alone),
                    median(kernel),
                    median(ratios),
                    quantile(ratios, 0.25),
                    quantile(ratios, 0.75));
            out.printf(
                    Locale.ROOT,
                    "the plugins alone: %.2f ms (middle half %.2f to %.2f)%n",
                    median(programs),
                    quantile(programs, 0.25),
                    quantile(programs, 0.75));
        }
    }

    /** What the daemon's attachments have taken so far, by its own clock. */
    private double attachMillis() throws IOException, InterruptedException {
        return bridge.metrics()
                        .lines()
                        .filter(line -> line.startsWith(ATTACHED))
                        .mapToDouble(line ->
                                Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                        .sum()
                * 1000;
    }

    /** Numbers of the peers, each first in its round. */
    private List<Integer> turn(int round) {
        return IntStream.range(0, peers.size())
                .mapToObj(each -> (each + round) % peers.size())
                .toList();
    }

    private double one(Peer peer) throws Exception {
        Kubelet kubelet = peer.node().kubelet();
        PodSandboxConfig pod = peer.node().pod("net-" + ++pods);
        long begin = System.nanoTime();
        String id = kubelet.runPod(pod);
        double millis = (System.nanoTime() - begin) / 1e6;
        kubelet.stopPod(id);
        kubelet.removePod(id);
        return millis;
    }

    private double together(Peer peer) throws Exception {
        List<PodSandboxConfig> wanted = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            wanted.add(peer.node().pod("net-" + ++pods));
        }
        List<Future<String>> made = new ArrayList<>();
        double millis;
        try (ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE)) {
            long begin = System.nanoTime();
            wanted.forEach(
                    pod -> made.add(clients.submit(() -> peer.node().kubelet().runPod(pod))));
            for (Future<String> each : made) {
                String _ = each.get();
            }
            millis = (System.nanoTime() - begin) / 1e6;
        }
        peer.node().kubelet().removeEverything();
        return millis;
    }

    private void print(String what, List<List<Double>> measured) {
        double last = median(measured.getLast());
        out.printf(
                "%n%-52s %6s %9s %9s %9s %12s%n",
                what, "rounds", "min", "median", "max", "of the last");
        for (int i = 0; i < measured.size(); i++) {
            List<Double> sorted = measured.get(i).stream().sorted().toList();
            out.printf(
                    Locale.ROOT,
                    "  %-50s %6d %9.2f %9.2f %9.2f %12.3f%n",
                    peers.get(i).name(),
                    sorted.size(),
                    sorted.getFirst(),
                    median(sorted),
                    sorted.getLast(),
                    median(sorted) / last);
        }
    }

    private static double median(List<Double> values) {
        return quantile(values, 0.5);
    }

    private static double quantile(List<Double> values, double part) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) (sorted.size() * part));
    }
}
