package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.Id;
import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.client.LogLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Metrics of the node as a whole, against what is there. */
@Timeout(120)
final class NodeMetricsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int METRICS;

    static {
        try {
            METRICS = Prometheus.freePort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @RegisterExtension
    static final Node node =
            new Node(instance -> {
                List<String> flags = new ArrayList<>(CniIT.configure(instance));
                flags.addAll(List.of("--metrics-address", "127.0.0.1:" + METRICS));
                return flags;
            });

    private static long value(String series) throws IOException, InterruptedException {
        String page = Scrape.text(METRICS, "text/plain");
        Matcher row = Pattern.compile("(?m)^" + Pattern.quote(series) + " (\\S+)$").matcher(page);
        assertThat(row.find()).as("%s in%n%s", series, page).isTrue();
        return (long) Double.parseDouble(row.group(1));
    }

    /** Waits, for what is behind a second of quiet. */
    private static void await(String series, long wanted) throws IOException, InterruptedException {
        long end = System.nanoTime() + SOON.toNanos();
        while (value(series) != wanted && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(value(series)).as(series).isEqualTo(wanted);
    }

    private static long lines() throws IOException, InterruptedException {
        return value("carafe_container_log_lines_total");
    }

    private static long written() throws IOException, InterruptedException {
        return value("carafe_container_log_written_bytes_total");
    }

    private static long parts() throws IOException, InterruptedException {
        return value("carafe_container_log_parts_total");
    }

    @Test
    void whatContainersLogIsCountedToTheLineAndByte() throws IOException, InterruptedException {
        long lines = lines();
        long parts = parts();
        long written = written();
        PodSandboxConfig pod = node.pod("logs").build();
        String podId = node.kubelet().runPod(pod);
        String script = "seq 1 1000; head -c 100000 /dev/zero | tr '\\0' x; echo; printf 'no end'";
        String ended =
                node.kubelet().run(podId, pod, node.container("ended", "sh", "-c", script).build());
        node.kubelet().awaitExit(ended, SOON);
        Path log = Node.log(pod, "ended");
        List<LogLine> logged = LogLine.readAll(log);
        assertThat(lines() - lines)
                .isEqualTo(logged.stream().filter(LogLine::whole).count())
                .isEqualTo(1001);
        assertThat(parts() - parts).isEqualTo(logged.stream().filter(it -> !it.whole()).count());
        assertThat(written() - written).isEqualTo(Files.size(log));
        assertThat(value("carafe_container_log_lost_bytes_total")).isZero();

        String runs = "seq 1 10; while [ ! -e /go ]; do sleep 0.05; done; seq 1 7; sleep 1000";
        String id =
                node.kubelet().run(podId, pod, node.container("runs", "sh", "-c", runs).build());
        await("carafe_container_log_lines_total", lines + 1011);
        node.kubelet().remove(ended);
        assertThat(lines()).as("after one was removed").isEqualTo(lines + 1011);

        // What the next daemon sees is what comes from then on.
        node.daemon().kill();
        node.daemon().start();
        node.client().reconnectNow();
        assertThat(lines()).isZero();
        assertThat(node.kubelet().exec(id, "touch", "/go").getExitCode()).isZero();
        await("carafe_container_log_lines_total", 7);
    }

    @Test
    void whatBelongsToNobodyIsALeak() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("owner").build();
        String podId = node.kubelet().runPod(pod);
        node.kubelet().run(podId, pod, node.container("c", "sleep", "1000").build());
        List<String> kinds = List.of("bundle", "shim", "mount", "cgroup", "network");
        for (String kind : kinds) {
            assertThat(value(leaked(kind))).as(kind).isZero();
        }
        try (Strangers _ = new Strangers()) {
            for (String kind : kinds) {
                assertThat(value(leaked(kind))).as(kind).isEqualTo(1);
            }
        }
        for (String kind : kinds) {
            await(leaked(kind), 0);
        }
    }

    private static String leaked(String kind) {
        return "carafe_leaked{kind=\"" + kind + "\"}";
    }

    /** One thing of each kind, of a pod that nobody knows. */
    private static final class Strangers implements AutoCloseable {
        private final String id = Id.random();
        private final Path bundle = node.instance().state().resolve("pods").resolve(id);
        private final Path memory = bundle.resolve("mem");
        private final Path attachment = node.instance().root().resolve("cni").resolve(id + ".json");
        private final List<Path> cgroups = new ArrayList<>();
        private final Process shim;

        Strangers() throws IOException {
            Files.createDirectories(memory);
            Files.writeString(attachment, "{\"version\": 2, \"places\": []}");
            says("mount", "-t", "tmpfs", "stranger", memory.toString());
            for (Path hierarchy : hierarchies(node.instance().podsCgroup())) {
                cgroups.add(Files.createDirectory(hierarchy.resolve(id)));
            }
            shim = new ProcessBuilder("sleep", "1000").directory(bundle.toFile()).start();
            for (Path hierarchy : hierarchies(node.instance().shimsCgroup())) {
                Files.writeString(hierarchy.resolve("cgroup.procs"), Long.toString(shim.pid()));
            }
        }

        private static List<Path> hierarchies(String path) throws IOException {
            Path top = Path.of("/sys/fs/cgroup");
            List<Path> found = new ArrayList<>();
            try (Stream<Path> all = Files.list(top)) {
                Stream.concat(Stream.of(top), all.filter(it -> !Files.isSymbolicLink(it)))
                        .map(each -> each.resolve(path.substring(1)))
                        .filter(Files::isDirectory)
                        .forEach(found::add);
            }
            assertThat(found).as(path).isNotEmpty();
            return found;
        }

        private static void says(String... command) throws IOException {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.onExit().join().exitValue()).as(said).isZero();
        }

        @Override
        public void close() throws IOException {
            shim.destroyForcibly().onExit().join();
            for (Path each : cgroups) {
                Files.delete(each);
            }
            says("umount", memory.toString());
            Files.delete(memory);
            Files.delete(bundle);
            Files.delete(attachment);
        }
    }
}
