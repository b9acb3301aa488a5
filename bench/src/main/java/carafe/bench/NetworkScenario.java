package carafe.bench;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import carafe.proto.cri.PodSandboxConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * RunPodSandbox with the built-in bridge and with the reference plugins, beside the peer's with
 * these; and ADD of the bridge by itself, beside the same netlink calls in C.
 */
final class NetworkScenario implements Scenario {
    private static final int ROUNDS = 30;
    private static final int WARM_UPS = 100;

    /** Of ten pods each. */
    private static final int ADD_WARM_UPS = 30;

    /** The plugins never take it away. */
    private static final String THEIR_BRIDGE = "cfbenchctrd";

    @Override
    public String name() {
        return "network";
    }

    @Override
    public List<Row> run(Stage stage) throws Exception {
        Path dir = Files.createDirectory(stage.dir().resolve("network"));
        Row add = add(dir, stage.rounds(ROUNDS));
        BenchNetworks.plugins(dir.resolve("net.d"), THEIR_BRIDGE, dir.resolve("ipam"), 6);
        try (Peer bridge = OwnDaemon.start("bridge", stage.images(), BenchNetworks::bridge);
                Peer plugins = OwnDaemon.start("plugins", stage.images(), BenchNetworks::plugins);
                Peer peer = ContainerdPeer.start(dir, stage.images())) {
            Pods own = new Pods(bridge);
            Pods cni = new Pods(plugins);
            Pods theirs = new Pods(peer);
            for (int i = 0; i < WARM_UPS; i++) {
                double[] _ = own.measure();
            }
            int rounds = stage.rounds(ROUNDS);
            return List.of(
                    add,
                    row("built-in bridge", 0.2, own, theirs, rounds),
                    row("reference plugins", 0.6, cni, theirs, rounds));
        } finally {
            int _ = new ProcessBuilder("ip", "link", "delete", THEIR_BRIDGE).start().waitFor();
        }
    }

    private Row add(Path dir, int rounds) throws Exception {
        BareNetwork bare = BareNetwork.compile(dir);
        try (OwnBridge alone = new OwnBridge(dir)) {
            Paired pairs =
                    Duel.fight(
                                    1,
                                    ADD_WARM_UPS,
                                    rounds,
                                    () -> new double[] {alone.measure()},
                                    () -> new double[] {bare.measure()})
                            .getFirst();
            return pairs.row(
                    name(), "ADD of the built-in bridge", "ms", "the same calls in C", 2.0);
        }
    }

    private Row row(String network, double target, Pods ours, Pods theirs, int rounds)
            throws Exception {
        Paired pairs = Duel.fight(1, 4, rounds, ours::measure, theirs::measure).getFirst();
        return pairs.row(
                name(), "RunPodSandbox, " + network, "ms", "containerd, reference plugins", target);
    }

    /** Pods of one peer, one after the other. */
    private static final class Pods {
        private final Peer peer;
        private int pods;

        Pods(Peer peer) {
            this.peer = peer;
        }

        double[] measure() throws Exception {
            PodSandboxConfig pod = peer.node().pod("net-" + ++pods);
            try (CriCalls calls = new CriCalls(peer.node().socket())) {
                long begin = System.nanoTime();
                String id = calls.runPod(pod);
                double millis = (System.nanoTime() - begin) / 1e6;
                calls.stopPod(id);
                calls.removePod(id);
                return new double[] {millis};
            }
        }
    }
}
