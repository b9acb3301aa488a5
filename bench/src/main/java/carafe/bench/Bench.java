package carafe.bench;

import carafe.bench.pull.PullBench;
import carafe.bench.table.Results;
import carafe.testkit.client.CriClient;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code Bench [--scenario NAME ...] [--rounds N]} plays all scenarios, or these, and keeps their
 * rows; {@code Bench exec|start|memory ...} measures a daemon of its own; {@code Bench --socket
 * SOCKET IMAGE [exec|start ...]} measures one that runs, with an image that it has; {@code Bench
 * streams|probes|network|pulls} measures one of its own and Debian's containerd in turn.
 */
public final class Bench {
    private static final List<String> ALL = List.of("exec", "start", "memory");

    private static final String SCENARIO = "--scenario";
    private static final String ROUNDS = "--rounds";
    private static final List<String> SUITE = List.of(SCENARIO, ROUNDS);

    /** Long, and only when it is asked for. */
    private static final String METRICS = "metrics";

    /** Beside containerd. */
    private static final List<String> BESIDE = List.of("streams", "probes", "network");

    /** The plugins never take it away. */
    private static final String THEIR_BRIDGE = "cfbenchctrd";

    /**
     * Held, or its level would be forgotten: the client's library warns of options that unix
     * sockets lack.
     */
    private static final Logger NETTY = Logger.getLogger("io.netty");

    private final PrintStream out;

    private Bench(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        NETTY.setLevel(Level.SEVERE);
        List<String> words = List.of(args);
        Bench bench = new Bench(System.out);
        if (words.isEmpty() || SUITE.contains(words.getFirst())) {
            bench.playSuite(words);
            return;
        }
        if (words.getFirst().equals("pulls")) {
            bench.measurePulls(words.subList(1, words.size()));
            return;
        }
        if (words.size() == 1 && BESIDE.contains(words.getFirst())) {
            bench.measureBeside(words.getFirst());
            return;
        }
        if (words.equals(List.of(METRICS))) {
            bench.measureMetrics();
            return;
        }
        boolean running = words.size() >= 3 && words.getFirst().equals("--socket");
        List<String> what = running ? words.subList(3, words.size()) : words;
        if (!ALL.containsAll(what) || (running && what.contains("memory"))) {
            System.err.println(
                    "usage: bench [--scenario NAME ...] [--rounds N] or bench exec|start|memory ..."
                            + " or bench streams|probes|network|metrics or bench pulls"
                            + " [PAIRS [many|big|zstd ...]] or bench --socket SOCKET"
                            + " IMAGE [exec|start ...]");
            System.exit(2);
        }
        if (running) {
            bench.measureRunning(Path.of(words.get(1)), words.get(2), what);
        } else {
            bench.measureOwn(what);
        }
    }

    private void playSuite(List<String> words) throws Exception {
        List<String> chosen = new ArrayList<>();
        OptionalInt rounds = OptionalInt.empty();
        for (int i = 0; i + 1 < words.size(); i += 2) {
            switch (words.get(i)) {
                case SCENARIO -> chosen.add(words.get(i + 1));
                case ROUNDS -> rounds = OptionalInt.of(Integer.parseInt(words.get(i + 1)));
                default -> chosen.add("");
            }
        }
        if (words.size() % 2 != 0 || !Suite.names().containsAll(chosen)) {
            System.err.println(
                    "usage: bench [--scenario NAME ...] [--rounds N]; scenarios: "
                            + String.join(", ", Suite.names()));
            System.exit(2);
        }
        requirePeer();
        new Suite(new Results(Path.of("bench", "results")), out).run(chosen, rounds);
    }

    private void measureRunning(Path socket, String image, List<String> what) throws Exception {
        Path logs = Files.createTempDirectory("carafe-bench-logs");
        try (BenchNode node = new BenchNode(socket, new CriClient(socket), image, logs, "")) {
            out.println(Times.head());
            calls(node, what.isEmpty() ? List.of("exec", "start") : what);
        }
    }

    private void measurePulls(List<String> words) throws Exception {
        requirePeer();
        out.println("making images of this machine's programs...");
        Path dir = Files.createTempDirectory(Path.of("/var/tmp"), "carafe-bench-");
        try {
            PullBench.run(dir, words, out);
        } finally {
            Trees.delete(dir);
        }
    }

    private static void requirePeer() {
        if (!ContainerdPeer.isInstalled()) {
            throw new IllegalStateException(
                    "there is nothing to measure beside: install Debian's containerd and runc");
        }
    }

    private void measureBeside(String what) throws Exception {
        requirePeer();
        if (what.equals("network")) {
            measureNetworks();
            return;
        }
        out.println("starting daemons and a registry of our own...");
        Path dir = Files.createTempDirectory(Path.of("/var/tmp"), "carafe-bench-");
        Path theirs = Files.createDirectory(dir.resolve("containerd"));
        try (BenchImages images = BenchImages.create(Files.createDirectory(dir.resolve("images")));
                Peer ours = OwnDaemon.start(images);
                Peer peer = ContainerdPeer.start(theirs, images)) {
            if (what.equals("probes")) {
                new ProbeBench(ours, peer, out).run();
            } else {
                new StreamBench(ours, peer, out).run();
            }
        } finally {
            Trees.delete(dir);
        }
    }

    private void measureNetworks() throws Exception {
        out.println("starting four daemons and a registry of our own...");
        Path dir = Files.createTempDirectory(Path.of("/var/tmp"), "carafe-bench-");
        Path theirs = Files.createDirectory(dir.resolve("containerd"));
        BenchNetworks.plugins(theirs.resolve("net.d"), THEIR_BRIDGE, dir.resolve("ipam"), 6);
        try (BenchImages images = BenchImages.create(Files.createDirectory(dir.resolve("images")));
                Peer none = OwnDaemon.start("carafe, no network", images, _ -> List.of());
                OwnDaemon own =
                        OwnDaemon.start("carafe, its bridge", images, BenchNetworks::bridge);
                Peer plugins = OwnDaemon.start("carafe, plugins", images, BenchNetworks::plugins);
                Peer peer = ContainerdPeer.start(theirs, images);
                OwnBridge bridge = new OwnBridge(dir);
                BarePlugins alone = new BarePlugins(dir)) {
            List<Peer> all = List.of(none, own, plugins, peer);
            new NetworkBench(all, own, bridge, BareNetwork.compile(dir), alone, out).run();
        } finally {
            int _ = new ProcessBuilder("ip", "link", "delete", THEIR_BRIDGE).start().waitFor();
            Trees.delete(dir);
        }
    }

    private void measureMetrics() throws Exception {
        out.println("starting a daemon and a registry of our own...");
        try (OwnDaemon own = OwnDaemon.start()) {
            new MetricsBench(own, out).run();
            out.printf("daemon: %s%n", daemonMemory(own.daemon().pid()));
        }
    }

    private void measureOwn(List<String> what) throws Exception {
        out.println("starting a daemon and a registry of our own...");
        try (OwnDaemon own = OwnDaemon.start()) {
            List<String> chosen = what.isEmpty() ? ALL : what;
            out.println(Times.head());
            calls(own.node(), chosen);
            if (chosen.contains("memory")) {
                new MemoryBench(own.node(), own.instance(), out).run();
            }
            out.printf("daemon: %s%n", daemonMemory(own.daemon().pid()));
        }
    }

    private void calls(BenchNode node, List<String> what) throws Exception {
        if (what.contains("exec")) {
            new ExecBench(node, out).run();
        }
        if (what.contains("start")) {
            new StartBench(node, out).run();
        }
    }

    private static String daemonMemory(long pid) throws Exception {
        return Files.readAllLines(Path.of("/proc/%d/status".formatted(pid))).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .findFirst()
                .map(line -> line.replaceAll("\\s+", " "))
                .orElse("ended");
    }
}
