package carafe.bench.pull;

import carafe.proto.cri.VersionRequest;
import carafe.testkit.client.CriClient;
import carafe.testkit.client.Kubelet;
import carafe.testkit.client.MetricsPage;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A daemon that pulls, with everything it keeps on one disk; it ends when closed. What it cost is
 * read from /proc, and from its own metrics where it has them.
 */
final class PulledBy implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);
    private static final double TICKS = 100;

    private final Process daemon;
    private final CriClient client;
    private final Path log;

    private PulledBy(Process daemon, CriClient client, Path log) {
        this.daemon = daemon;
        this.client = client;
        this.log = log;
    }

    /** Who pulls. */
    enum Puller {
        CARAFE,
        CONTAINERD
    }

    /**
     * @param disk where the daemon keeps everything
     */
    static PulledBy start(Puller runtime, Path disk) throws IOException, InterruptedException {
        Path socket = disk.resolve("cri.sock");
        List<String> command =
                switch (runtime) {
                    case CARAFE -> carafe(disk);
                    case CONTAINERD -> containerd(disk);
                };
        Path log = disk.resolve("daemon.log");
        Process daemon =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        PulledBy started = new PulledBy(daemon, new CriClient(socket), log);
        started.awaitReady();
        return started;
    }

    private static List<String> carafe(Path disk) {
        String launcher = System.getenv().getOrDefault("CARAFE_TEST_DAEMON", "./carafe");
        return List.of(
                launcher,
                "serve",
                "--root=" + disk.resolve("root"),
                "--state=" + disk.resolve("state"),
                "--socket=" + disk.resolve("cri.sock"),
                "--metrics-address=127.0.0.1:0",
                "--shims-cgroup=/carafe-bench-pull-shims",
                "--pods-cgroup=/carafe-bench-pull",
                "--log-level=warn");
    }

    private static List<String> containerd(Path disk) throws IOException {
        String config =
                """
                version = 2
                root = "%1$s/root"
                state = "%1$s/state"
                disabled_plugins = ["io.containerd.snapshotter.v1.btrfs",
                  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs",
                  "io.containerd.snapshotter.v1.devmapper"]
                [grpc]
                  address = "%1$s/cri.sock"
                [plugins."io.containerd.internal.v1.opt"]
                  path = "%1$s/opt"
                [plugins."io.containerd.grpc.v1.cri"]
                  restrict_oom_score_adj = true
                  stream_server_address = "127.0.0.1"
                  stream_server_port = "0"
                """
                        .formatted(disk);
        Path file = Files.writeString(disk.resolve("config.toml"), config);
        return List.of("/usr/bin/containerd", "--config", file.toString());
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + READY.toNanos();
        while (true) {
            try {
                client.reconnectNow();
                client.runtime(Duration.ofSeconds(5)).version(VersionRequest.getDefaultInstance());
                return;
            } catch (StatusRuntimeException e) {
                if (!daemon.isAlive() || System.nanoTime() > end) {
                    String said = Files.readString(log);
                    close();
                    throw new IOException("the daemon does not answer: " + said, e);
                }
                Thread.sleep(50);
            }
        }
    }

    void pull(String reference) {
        new Kubelet(client).pull(reference);
    }

    /** Seconds of CPU of the daemon, and of the programs that it has run and waited for. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/%d/stat".formatted(pid())));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        double ticks = 0;
        for (int i = 11; i <= 14; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return ticks / TICKS;
    }

    /** Forgets the greatest memory so far. */
    void resetPeak() throws IOException {
        Files.writeString(Path.of("/proc/%d/clear_refs".formatted(pid())), "5");
    }

    /** The greatest memory since then, of the daemon alone, in MiB. */
    double peakMib() throws IOException {
        return Files.readAllLines(Path.of("/proc/%d/status".formatted(pid()))).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElse(0)
                / 1024.0;
    }

    /** The launcher replaces itself, so it is the daemon. */
    private long pid() {
        return daemon.pid();
    }

    /** What the JVM holds for its heap, in MiB; 0 without a JVM. */
    double heapMib() throws IOException, InterruptedException {
        return MetricsPage.of(Files.readString(log))
                .map(text ->
                        text.lines()
                                        .filter(line ->
                                                line.startsWith(
                                                                "carafe_jvm_memory_committed_bytes{")
                                                        && line.contains("area=\"heap\""))
                                        .mapToDouble(line ->
                                                Double.parseDouble(
                                                        line.substring(line.lastIndexOf(' '))))
                                        .sum()
                                / (1 << 20))
                .orElse(0.0);
    }

    @Override
    public void close() throws IOException {
        client.close();
        daemon.destroy();
        try {
            if (!daemon.waitFor(20, TimeUnit.SECONDS)) {
                daemon.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            daemon.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
