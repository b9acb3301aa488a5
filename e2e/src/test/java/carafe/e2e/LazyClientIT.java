package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.daemon.ShimProcess;
import carafe.testkit.stream.SpdyClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RL38: clients that never read. */
@Timeout(120)
final class LazyClientIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long MIB = 1 << 20;
    private static final int PAIRS = 11;
    private static final int BLOCK_MIB = 16;
    private static final int BLOCKS = 16;

    @RegisterExtension static final Node node = new Node();

    private PodSandboxConfig pod = PodSandboxConfig.getDefaultInstance();
    private String podId = "";
    private Path logs = Path.of("");

    /** The log is in memory, so that no disk is measured. */
    @BeforeEach
    void runPod() throws IOException {
        logs = Files.createTempDirectory(Path.of("/dev/shm"), "carafe-lazy-");
        pod = node.pod("lazy").setLogDirectory(logs.toString()).build();
        podId = node.kubelet().runPod(pod);
    }

    @AfterEach
    void removeLogs() throws IOException {
        try (var files = Files.list(logs)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(logs);
    }

    /** A container that waits for a file, writes so many blocks, and tells how long it took. */
    private String writer(String name, int blocks) {
        String script =
                """
                yes 'a line of a log, one hundred bytes long with its end, and nobody who is attached reads any of it..' \
                | head -c %d > /dev/shm/block
                rm -f /dev/shm/go /dev/shm/micros
                touch /dev/shm/ready
                while [ ! -e /dev/shm/go ]; do usleep 2000; done
                begin=${EPOCHREALTIME/./}
                for i in $(seq %d); do cat /dev/shm/block; done
                echo $((${EPOCHREALTIME/./} - begin)) > /dev/shm/micros.new
                mv /dev/shm/micros.new /dev/shm/micros
                sleep 1000
                """
                        .formatted(BLOCK_MIB * MIB, blocks);
        String id =
                node.kubelet().run(podId, pod, node.container(name, "bash", "-c", script).build());
        return id;
    }

    private static SpdyClient attached(String id) throws IOException {
        URI url = StreamUrls.attachOutput(node.client(), id);
        SpdyClient client = new SpdyClient(url, "v4.channel.k8s.io");
        client.open("streamtype", "error");
        client.open("streamtype", "stdout");
        return client;
    }

    private static String await(String id, String file) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var response = node.kubelet().exec(id, "cat", "/dev/shm/" + file);
            if (response.getExitCode() == 0) {
                return response.getStdout().toStringUtf8().strip();
            }
            assertThat(System.nanoTime()).as("%s in time", file).isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** Costs at most 1 MiB, and holds up neither output nor stop. */
    @Test
    void aLazyClientCostsLittleAndHoldsUpNobody() throws Exception {
        String id = writer("chatty", 4);
        await(id, "ready");
        try (SpdyClient lazy = attached(id);
                SpdyClient lazyExec =
                        new SpdyClient(
                                StreamUrls.exec(node.client(), id, "yes"), "v4.channel.k8s.io")) {
            for (String type : List.of("error", "stdin", "stdout")) {
                lazyExec.open("streamtype", type);
            }
            long before = pssKiB();
            node.kubelet().exec(id, "touch", "/dev/shm/go");
            long most = 0;
            long queued = 0;
            while (node.kubelet().exec(id, "test", "-e", "/dev/shm/micros").getExitCode() != 0) {
                most = Math.max(most, pssKiB());
                queued = Math.max(queued, unsentKiB(lazy.localPort()));
            }
            assertThat(Files.size(logs.resolve("chatty.log"))).isGreaterThan(4 * BLOCK_MIB * MIB);
            System.out.printf(
                    "a client that never reads: shims grew by %d KiB, %d KiB wait in the kernel%n",
                    most - before, queued);
            assertThat(most - before).isLessThanOrEqualTo(1024);
            assertThat(queued).isLessThanOrEqualTo(512);

            long begin = System.nanoTime();
            node.kubelet().stop(id, 0);
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(5));
        }
    }

    /** The server's side of a connection, as the kernel lists it: its state and its send queue. */
    private static List<String> serverSide(int clientPort) throws IOException {
        String remote = HexFormat.of().withUpperCase().toHexDigits((short) clientPort);
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                List<String> fields = List.of(line.strip().split(" +"));
                if (fields.get(2).endsWith(":" + remote)) {
                    return fields;
                }
            }
        }
        return List.of();
    }

    private static long unsentKiB(int clientPort) throws IOException {
        List<String> fields = serverSide(clientPort);
        return fields.isEmpty()
                ? 0
                : Long.parseLong(fields.get(4).replaceFirst(":.*", ""), 16) / 1024;
    }

    private static long pssKiB() throws IOException {
        return ShimProcess.of(node.instance()).stream().mapToLong(ShimProcess::pssKiB).sum();
    }

    /** At most 5 % of the log's throughput. */
    @Tag("streaming")
    @Test
    @Timeout(900)
    void aLazyClientCostsTheLogNothing() throws Exception {
        List<Double> alone = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        throughput(0, false);
        for (int i = 1; i <= PAIRS; i++) {
            boolean first = i % 2 == 0;
            double one = throughput(2 * i, first);
            double other = throughput(2 * i + 1, !first);
            alone.add(first ? other : one);
            ratios.add(first ? one / other : other / one);
        }
        System.out.printf(
                Locale.ROOT,
                "log alone %.0f MiB/s (%.0f to %.0f); beside a client that never reads: times %.3f"
                        + " (%.3f to %.3f, %d interleaved pairs)%n",
                median(alone),
                least(alone),
                most(alone),
                median(ratios),
                least(ratios),
                most(ratios),
                PAIRS);
        assertThat(median(ratios)).isGreaterThanOrEqualTo(0.95);
    }

    private double throughput(int run, boolean lazy) throws Exception {
        String name = "run-" + run;
        String id = writer(name, BLOCKS);
        await(id, "ready");
        SpdyClient client = lazy ? attached(id) : null;
        try {
            node.kubelet().exec(id, "touch", "/dev/shm/go");
            // The container must not be disturbed by questions; its file is asked for when it may
            // be there.
            awaitSize(logs.resolve(name + ".log"), BLOCKS * BLOCK_MIB * MIB);
            double micros = Double.parseDouble(await(id, "micros"));
            return BLOCKS * BLOCK_MIB * 1e6 / micros;
        } finally {
            if (client != null) {
                client.abort();
            }
            // The directory is the pod's, and so is the next run's.
            node.kubelet().exec(id, "rm", "/dev/shm/ready", "/dev/shm/go", "/dev/shm/micros");
            node.kubelet().stop(id, 0);
            node.kubelet().remove(id);
            Files.delete(logs.resolve(name + ".log"));
        }
    }

    private static void awaitSize(Path file, long bytes) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (Files.size(file) < bytes) {
            assertThat(System.nanoTime()).as("%s grows", file).isLessThan(end);
            Thread.sleep(20);
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static double least(List<Double> values) {
        return values.stream().mapToDouble(each -> each).min().orElseThrow();
    }

    private static double most(List<Double> values) {
        return values.stream().mapToDouble(each -> each).max().orElseThrow();
    }
}
