package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.VersionRequest;
import carafe.testkit.client.CriClient;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
            try (NodeLoad load = new NodeLoad(node, registry)) {
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

    /** Prometheus asks for protobuf then, which alone has them, and which has exemplars too. */
    @Test
    void whoWantsNativeHistogramsGetsThem() throws Exception {
        try (CriClient traced = TracingKubelet.client(node.instance(), "01");
                Prometheus prometheus =
                        Prometheus.start(
                                dir,
                                "127.0.0.1:" + PORT,
                                METRICS.resolve("alerts/carafe.yaml"),
                                "--enable-feature=native-histograms,exemplar-storage")) {
            String calls = "carafe_rpc_seconds{method=\"Version\"}";
            long end = System.nanoTime() + PATIENCE.toNanos();
            List<JsonNode> counted;
            do {
                traced.runtime().version(VersionRequest.getDefaultInstance());
                counted = prometheus.query("histogram_count(%s) > 20".formatted(calls));
            } while (counted.isEmpty() && System.nanoTime() < end);
            assertThat(counted).isNotEmpty();
            double mean = number(prometheus, "histogram_sum(%1$s) / histogram_count(%1$s)", calls);
            assertThat(number(prometheus, "histogram_quantile(0.01, %s)", calls))
                    .isPositive()
                    .isLessThan(mean);
            assertThat(number(prometheus, "histogram_quantile(1, %s)", calls)).isGreaterThan(mean);
            assertThat(prometheus.query("carafe_rpc_seconds_bucket"))
                    .as("classic buckets are not taken beside them by this Prometheus")
                    .isEmpty();
            assertThat(prometheus.exemplars("carafe_rpc_seconds"))
                    .extracting(each -> each.path("labels").path("trace_id").asString())
                    .contains(TracingKubelet.TRACE);
        }
    }

    private static double number(Prometheus prometheus, String query, String series)
            throws IOException, InterruptedException {
        return Double.parseDouble(
                prometheus
                        .query(query.formatted(series))
                        .getFirst()
                        .path("value")
                        .path(1)
                        .asString());
    }

    private static void everyPanelFindsSomething(Prometheus prometheus, NodeLoad load)
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
        return Scrape.text(PORT, "text/plain");
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
}
