package carafe.bench;

import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.client.Kubelet;
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
 * other, and twenty at once. What the built-in network adds to a pod without one is set beside the
 * same netlink calls in C, and the plugins are run by themselves.
 */
final class NetworkBench {
    /** For each, as on a node that has made pods before. */
    private static final Duration WARM_UP = Duration.ofSeconds(8);

    /**
     * The kernel takes the namespace of a removed pod away in the background, and holds its lock.
     */
    private static final long SETTLE_MILLIS = 150;

    private static final int ROUNDS = 30;
    private static final int PARALLEL_ROUNDS = 5;
    private static final int AT_ONCE = 20;

    private final List<Peer> peers;
    private final BareNetwork bare;
    private final BarePlugins plugins;
    private final PrintStream out;
    private int pods;

    /**
     * @param peers without a network, with the built-in one, with plugins, and a peer with plugins
     */
    NetworkBench(List<Peer> peers, BareNetwork bare, BarePlugins plugins, PrintStream out) {
        this.peers = List.copyOf(peers);
        this.bare = bare;
        this.plugins = plugins;
        this.out = out;
    }

    void run() throws Exception {
        for (Peer peer : peers) {
            long end = System.nanoTime() + WARM_UP.toNanos();
            while (System.nanoTime() < end) {
                one(peer);
            }
        }
        List<List<Double>> single =
                peers.stream().<List<Double>>map(_ -> new ArrayList<>()).toList();
        List<List<Double>> many = peers.stream().<List<Double>>map(_ -> new ArrayList<>()).toList();
        List<Double> kernel = new ArrayList<>();
        List<Double> programs = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            for (int which : turn(i)) {
                Thread.sleep(SETTLE_MILLIS);
                single.get(which).add(one(peers.get(which)));
            }
            Thread.sleep(SETTLE_MILLIS);
            kernel.add(bare.measure());
            Thread.sleep(SETTLE_MILLIS);
            programs.add(plugins.measure());
        }
        for (int i = 0; i < PARALLEL_ROUNDS; i++) {
            for (int which : turn(i)) {
                many.get(which).add(together(peers.get(which)));
            }
        }
        print("RunPodSandbox, one after the other, ms", single);
        print("RunPodSandbox, 20 at once, ms until all are ready", many);
        List<Double> added = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            added.add(single.get(1).get(i) - single.get(0).get(i));
        }
        out.printf(
                Locale.ROOT,
                "what the built-in network adds: %.2f ms; the same netlink calls in C: %.2f ms%n",
                median(added),
                median(kernel));
        List<Double> sorted = programs.stream().sorted().toList();
        out.printf(
                Locale.ROOT,
                "the plugins alone: %.2f ms (%.2f to %.2f)%n",
                median(programs),
                sorted.getFirst(),
                sorted.getLast());
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
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
