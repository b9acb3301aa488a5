package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ExecRequest;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerResources;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxStatsRequest;
import carafe.testkit.client.CriClient;
import carafe.testkit.client.Kubelet;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.Answer;
import carafe.testkit.registry.ScriptedRegistry;
import carafe.testkit.stream.SpdyClient;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Debian's Prometheus scrapes a daemon under load: it takes the metrics, the alerts, and every
 * query of the dashboards, and these find something. {@code -Dcarafe.pictures=DIR} makes pictures
 * of the dashboards, after minutes instead of seconds of load.
 */
@Timeout(600)
final class PrometheusIT {
    private static final Path METRICS = Path.of("../metrics");
    private static final int PORT = port();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern THRESHOLD = Pattern.compile("(?s)(.*)(?:>|<) [0-9.]+\\s*");

    /** Alerts whose series are there only when something is wrong. */
    private static final Set<String> EMPTY_WHEN_WELL =
            Set.of("CarafeRecoveryFailed", "CarafeOperationStuck", "CarafeNetworkFails");

    @RegisterExtension
    static final Node node =
            new Node(instance -> {
                List<String> flags = new ArrayList<>(CniIT.configure(instance));
                flags.addAll(List.of("--metrics-address", "127.0.0.1:" + PORT));
                return flags;
            });

    @TempDir private Path dir;

    private static int port() {
        try {
            return Prometheus.freePort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @ShimOnly("runc looks for the command when it creates, before the start")
    void prometheusTakesMetricsAndAlertsAndEveryQueryFindsSomething() throws Exception {
        String pictures = System.getProperty("carafe.pictures", "");
        promtool("check", "rules", METRICS.resolve("alerts/carafe.yaml").toString());
        try (ScriptedRegistry registry = ScriptedRegistry.start();
                Prometheus prometheus =
                        Prometheus.start(
                                dir, "127.0.0.1:" + PORT, METRICS.resolve("alerts/carafe.yaml"))) {
            long from = Instant.now().getEpochSecond();
            try (Load load = new Load(registry)) {
                load.begin(Duration.ofSeconds(pictures.isEmpty() ? 20 : 80));
                node.daemon().kill();
                node.daemon().start();
                node.client().reconnectNow();
                long until = System.nanoTime() + (pictures.isEmpty() ? 6 : 60) * 1_000_000_000L;
                do {
                    load.round();
                } while (System.nanoTime() < until);
                everyPanelFindsSomething(prometheus, load);
                everyAlertFindsSomething(prometheus);
                Files.writeString(dir.resolve("metrics.txt"), scrape());
                promtoolReads("check metrics", dir.resolve("metrics.txt"));
                if (!pictures.isEmpty()) {
                    DashboardPicture picture =
                            new DashboardPicture(prometheus, from, Instant.now().getEpochSecond());
                    for (Dashboard each : Dashboard.read(METRICS.resolve("dashboards"))) {
                        picture.draw(each, Path.of(pictures, each.name() + ".png"));
                    }
                }
            }
            assertThat(scrape()).doesNotContain("container=\"busy\"");
        }
    }

    private static void everyPanelFindsSomething(Prometheus prometheus, Load load)
            throws Exception {
        List<String> empty = new ArrayList<>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        do {
            empty.clear();
            load.round();
            for (Dashboard dashboard : Dashboard.read(METRICS.resolve("dashboards"))) {
                for (Dashboard.Panel panel : dashboard.panels()) {
                    for (Dashboard.Target target : panel.targets()) {
                        if (prometheus.query(target.query("30s")).isEmpty()) {
                            empty.add(
                                    dashboard.name()
                                            + ": "
                                            + panel.title()
                                            + ": "
                                            + target.query("30s"));
                        }
                    }
                }
            }
        } while (!empty.isEmpty() && System.nanoTime() < end);
        assertThat(empty).as("panels without data").isEmpty();
    }

    private static void everyAlertFindsSomething(Prometheus prometheus) throws Exception {
        List<JsonNode> rules = prometheus.rules();
        assertThat(rules).hasSizeGreaterThan(15);
        for (JsonNode rule : rules) {
            String name = rule.path("name").asString();
            assertThat(rule.path("lastError").asString("")).as(name).isEmpty();
            assertThat(rule.path("health").asString()).as(name).isIn("ok", "unknown");
            assertThat(rule.path("annotations").path("runbook").asString("")).as(name).isNotBlank();
            Matcher query = THRESHOLD.matcher(rule.path("query").asString());
            assertThat(query.matches()).as(name + " has a threshold").isTrue();
            assertThat(
                            prometheus.query(query.group(1)).isEmpty()
                                    && !EMPTY_WHEN_WELL.contains(name))
                    .as("%s finds nothing: %s", name, query.group(1))
                    .isFalse();
        }
    }

    private static String scrape() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://127.0.0.1:%d/metrics".formatted(PORT)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static void promtool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        says(new ProcessBuilder(command));
    }

    private static void promtoolReads(String arguments, Path file)
            throws IOException, InterruptedException {
        says(
                new ProcessBuilder(("promtool " + arguments).split(" ", -1))
                        .redirectInput(file.toFile()));
    }

    private static void says(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", builder.command(), said).isZero();
    }

    /** What a node does: some pods that stay, others that come and go, execs, pulls, a stream. */
    private static final class Load implements AutoCloseable {
        private final ScriptedRegistry registry;
        private final PodSandboxConfig pod = node.pod("stays").build();
        private final List<Thread> threads = new ArrayList<>();
        private final List<String> images = new ArrayList<>();

        /** Of the pull, whose failures while the daemon is down slow no other call. */
        private final CriClient client = new CriClient(node.instance().socket());

        private String calm = "";
        private String podId = "";
        private int rounds;

        Load(ScriptedRegistry registry) {
            this.registry = registry;
        }

        /**
         * @param watched how long one pull is under way, at least
         */
        void begin(Duration watched) throws Exception {
            podId = node.kubelet().runPod(pod);
            ContainerConfig limited =
                    node.container(
                                    "busy",
                                    "sh",
                                    "-c",
                                    "head -c 3000000 /dev/zero >/root/file; while :; do :; done")
                            .setLinux(
                                    LinuxContainerConfig.newBuilder()
                                            .setResources(
                                                    LinuxContainerResources.newBuilder()
                                                            .setMemoryLimitInBytes(64 << 20)
                                                            .setCpuPeriod(100_000)
                                                            .setCpuQuota(20_000)))
                            .build();
            node.kubelet().run(podId, pod, limited);
            // Commands in the busy one would wait for its quota.
            calm = node.kubelet().run(podId, pod, node.container("calm", "sleep", "9999").build());
            for (int i = 0; i < 3; i++) {
                round();
            }
            pullSlowly(watched.plusSeconds(60));
        }

        /** A pull whose layer comes late. */
        private void pullSlowly(Duration late) throws IOException {
            TestLayer layer =
                    TestLayer.gzip(new TarBuilder().file("slow", "s".repeat(90_000)).build());
            String reference = registry.push("slow", "1", TestImage.oci(layer));
            registry.script(layer.blob().digest(), Answer.late(late), Answer.late(late));
            Runnable pull =
                    () -> {
                        while (!Thread.currentThread().isInterrupted()) {
                            try {
                                new Kubelet(client).pull(reference);
                                return;
                            } catch (StatusRuntimeException e) {
                                pause(); // the daemon was killed: kubelet pulls again
                            }
                        }
                    };
            threads.add(Thread.ofPlatform().daemon().start(pull));
        }

        private static void pause() {
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void round() throws Exception {
            rounds++;
            PodSandboxConfig passing = node.pod("passes").build();
            String id = node.kubelet().runPod(passing);
            String container =
                    node.kubelet()
                            .run(id, passing, node.container("c", "sh", "-c", "exit 3").build());
            node.kubelet().awaitExit(container, Duration.ofSeconds(20));
            node.kubelet().exec(calm, "true");
            node.kubelet().exec(calm, "false");
            node.kubelet()
                    .exec(calm, "ping", "-q", "-c", "5", "-i", "0.01", "-W", "1", "10.231.77.1");
            TestLayer layer =
                    TestLayer.gzip(
                            new TarBuilder().file("f" + rounds, "x".repeat(200_000)).build());
            String image = registry.push("app" + rounds, "1", TestImage.oci(layer));
            node.kubelet().pull(image);
            images.add(image);
            if (rounds % 4 == 1) {
                refuses("RegistryUnavailable", () -> node.kubelet().pull("127.0.0.1:1/absent:1"));
            }
            stream();
            String sleeps =
                    node.kubelet().run(id, passing, node.container("s", "sleep", "100").build());
            node.kubelet().stop(sleeps, 0);
            String wrong = node.kubelet().create(id, passing, node.container("n", "/no").build());
            refuses("/no", () -> node.kubelet().start(wrong));
            node.client()
                    .runtime()
                    .podSandboxStats(
                            PodSandboxStatsRequest.newBuilder().setPodSandboxId(podId).build());
            node.kubelet().stop(container, 0);
            node.kubelet().remove(container);
            node.kubelet().stopPod(id);
            node.kubelet().removePod(id);
        }

        private static void refuses(String why, Runnable call) {
            try {
                call.run();
                throw new AssertionError("it is not refused: " + why);
            } catch (StatusRuntimeException e) {
                assertThat(e).hasMessageContaining(why);
            }
        }

        private void stream() throws IOException {
            ExecRequest request =
                    ExecRequest.newBuilder()
                            .setContainerId(calm)
                            .addAllCmd(List.of("cat"))
                            .setStdin(true)
                            .setStdout(true)
                            .build();
            URI url = URI.create(node.client().runtime().exec(request).getUrl());
            try (SpdyClient client = new SpdyClient(url, "v4.channel.k8s.io")) {
                client.open("streamtype", "error");
                int stdin = client.open("streamtype", "stdin");
                int stdout = client.open("streamtype", "stdout");
                client.send(stdin, "hello\n");
                client.end(stdin);
                assertThat(client.readAll(stdout)).isEqualTo("hello\n");
            }
        }

        @Override
        public void close() {
            threads.forEach(Thread::interrupt);
            client.close();
            node.kubelet().removeEverything();
            for (String image : images) {
                node.kubelet().removeImage(image);
            }
        }
    }
}
