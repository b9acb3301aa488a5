package carafe.bench;

import carafe.testkit.client.CriClient;
import carafe.testkit.client.Kubelet;
import carafe.testkit.client.MetricsPage;
import carafe.testkit.daemon.DaemonUnderTest;
import carafe.testkit.daemon.Instance;
import carafe.testkit.daemon.ShimProcess;
import carafe.testkit.daemon.Sweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A daemon that lives for the measurement only, with the tools image pulled. */
final class OwnDaemon implements Peer {
    private final String name;
    private final Instance instance;
    private final DaemonUnderTest daemon;
    private final BenchNode node;

    private OwnDaemon(String name, Instance instance, DaemonUnderTest daemon, BenchNode node) {
        this.name = name;
        this.instance = instance;
        this.daemon = daemon;
        this.node = node;
    }

    /** Starts one with images of its own. */
    static OwnDaemon start() throws IOException, InterruptedException {
        Path dir = Files.createTempDirectory(Path.of("/var/tmp"), "carafe-bench-images-");
        try (BenchImages images = BenchImages.create(dir)) {
            return start(images);
        } finally {
            Trees.delete(dir);
        }
    }

    /** Starts one, with the tools image pulled. */
    static OwnDaemon start(BenchImages images) throws IOException, InterruptedException {
        return start("carafe", images, _ -> List.of());
    }

    /** What is done to a new instance before its daemon starts. */
    interface Preparation {
        /**
         * @return more flags of the daemon
         */
        List<String> prepare(Instance instance) throws IOException;
    }

    /**
     * @param name in tables
     */
    static OwnDaemon start(String name, BenchImages images, Preparation preparation)
            throws IOException, InterruptedException {
        Instance instance = Instance.create();
        List<String> flags = new ArrayList<>(List.of("--log-level", "warn"));
        flags.addAll(preparation.prepare(instance));
        DaemonUnderTest daemon = new DaemonUnderTest(instance, flags);
        daemon.start();
        CriClient client = new CriClient(instance.socket());
        new Kubelet(client).pull(images.tools());
        return new OwnDaemon(
                name,
                instance,
                daemon,
                new BenchNode(instance.socket(), client, images.tools(), instance.logs(), ""));
    }

    @Override
    public String name() {
        return name;
    }

    Instance instance() {
        return instance;
    }

    DaemonUnderTest daemon() {
        return daemon;
    }

    /** What it tells Prometheus, in its text format. */
    String metrics() throws IOException, InterruptedException {
        return MetricsPage.of(daemon.log())
                .orElseThrow(
                        () -> new IOException("the daemon does not say where its metrics are"));
    }

    @Override
    public BenchNode node() {
        return node;
    }

    /** The daemon is in one cgroup with its shims. */
    @Override
    public CpuUse cpu() throws IOException {
        return new CpuUse(
                CgroupCpu.of(instance.shimsCgroup()).seconds(),
                CgroupCpu.of(instance.podsCgroup()).seconds());
    }

    @Override
    public long daemonPid() {
        return daemon.pid();
    }

    @Override
    public List<Long> keepers() throws IOException {
        return ShimProcess.of(instance).stream().map(ShimProcess::pid).toList();
    }

    @Override
    public void stopDaemon() throws InterruptedException {
        int _ = daemon.stop();
    }

    @Override
    public void spawnDaemon() throws IOException {
        Process _ = daemon.spawn();
    }

    @Override
    public void close() throws IOException {
        try {
            takeAway();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted; " + instance.dir() + " may be left", e);
        }
    }

    private void takeAway() throws IOException, InterruptedException {
        try {
            if (daemon.isAlive()) {
                node.kubelet().removeEverything();
                daemon.stop();
            }
        } finally {
            node.close();
            daemon.close();
            new Sweep(instance).run();
        }
    }
}
