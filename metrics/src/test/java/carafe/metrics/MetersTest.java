package carafe.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.trace.Trace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetersTest {
    private final Meters meters = new Meters(new BuildInfo("1.2.3", "abc1234", "25.0.3"));

    @AfterEach
    void close() {
        meters.close();
    }

    @Test
    void everyNameStartsWithCarafe() {
        List<String> foreign =
                meters.scrape()
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .filter(line -> !line.startsWith("carafe_"))
                        .toList();
        assertThat(foreign).isEmpty();
        assertThat(meters.scrape()).contains("carafe_jvm_memory_used_bytes");
    }

    @Test
    void buildInfoCarriesVersionRevisionAndJava() {
        assertThat(meters.scrape())
                .containsPattern(
                        "carafe_build_info\\{java=\"25.0.3\",revision=\"abc1234\",version=\"1.2.3\"\\} 1");
    }

    @Test
    void rpcLatencyIsAHistogramByMethodAndCode() {
        RpcMeter rpc = meters.rpc();
        rpc.begin("Status", Optional.empty());
        rpc.begin("Version", Optional.empty()).end("OK", Map.of());
        assertThat(meters.scrape())
                .contains("carafe_rpc_running 1.0")
                .contains("carafe_rpc_seconds_bucket{code=\"OK\",method=\"Version\",le=\"+Inf\"} 1")
                .contains("carafe_rpc_seconds_count{code=\"OK\",method=\"Version\"} 1");
        assertThat(rpc.pending()).extracting(RpcMeter.Pending::method).containsExactly("Status");
    }

    @Test
    void aTracedCallIsAnExemplarOfItsBucket() {
        meters.rpc()
                .begin("Version", Optional.of(new Trace("a".repeat(32), "b".repeat(16), true)))
                .end("OK", Map.of());
        String text =
                new String(
                        meters.scrape("application/openmetrics-text;version=1.0.0").body(),
                        StandardCharsets.UTF_8);
        assertThat(text)
                .containsPattern(
                        "carafe_rpc_seconds_bucket\\{code=\"OK\",method=\"Version\",le=\"[^\"]+\"} 1 # "
                                + "\\{span_id=\"b{16}\",trace_id=\"a{32}\"}");
        assertThat(meters.scrape()).doesNotContain("trace_id");
    }

    @Test
    void aCountBeginsAtZero() {
        meters.count(Families.CONFIG_RELOADS).begin("taken").add(2, "refused");
        assertThat(meters.scrape())
                .contains("carafe_config_reloads_total{result=\"taken\"} 0.0")
                .contains("carafe_config_reloads_total{result=\"refused\"} 2.0");
    }

    @Test
    void aReaderThatFailsCostsItsOwnFamiliesOnlyAndTwoEqualRowsAreOne() {
        meters.read(
                List.of(Families.SHIMS),
                _ -> {
                    throw new IllegalStateException("the disk is on fire");
                });
        meters.read(
                List.of(Families.LEAKED),
                rows -> {
                    rows.row(Families.LEAKED, 1, "pod");
                    rows.row(Families.LEAKED, 2, "pod");
                });
        assertThat(meters.scrape())
                .contains("carafe_leaked{kind=\"pod\"} 2.0")
                .doesNotContain("carafe_shim_processes ");
    }

    @Test
    void aPullHasRowsAsLongAsItIsUnderWay() {
        List<PullCounts.Pull> pulls = new ArrayList<>();
        pulls.add(
                new PullCounts.Pull(
                        "docker.io/library/app:1", 70, 100, Map.of("done", 2L, "waiting", 1L), 3));
        new PullGauges(meters, counts(pulls));
        assertThat(meters.scrape())
                .contains(
                        "carafe_pull_bytes{image=\"docker.io/library/app:1\",kind=\"done\"} 70",
                        "carafe_pull_bytes{image=\"docker.io/library/app:1\",kind=\"total\"} 100",
                        "carafe_pull_layers{image=\"docker.io/library/app:1\",state=\"done\"} 2",
                        "carafe_pull_queue_position{image=\"docker.io/library/app:1\"} 3",
                        "carafe_downloads_connections 4",
                        "carafe_downloads_waiting 1");
        pulls.clear();
        assertThat(meters.scrape()).doesNotContain("library/app");
    }

    private static PullCounts counts(List<PullCounts.Pull> pulls) {
        return new PullCounts() {
            @Override
            public List<Pull> pulls() {
                return List.copyOf(pulls);
            }

            @Override
            public int connections() {
                return 4;
            }

            @Override
            public int waiting() {
                return 1;
            }
        };
    }

    @Test
    void theClientChoosesTheFormat() {
        meters.timing(Families.EXEC).nanos(3_000_000, "ok");
        Meters.Scrape openMetrics = meters.scrape("application/openmetrics-text;version=1.0.0");
        assertThat(openMetrics.contentType()).startsWith("application/openmetrics-text");
        assertThat(new String(openMetrics.body(), StandardCharsets.UTF_8)).endsWith("# EOF\n");
        Meters.Scrape protobuf =
                meters.scrape(
                        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
                                + "encoding=delimited");
        assertThat(protobuf.contentType()).startsWith("application/vnd.google.protobuf");
        assertThat(new String(protobuf.body(), StandardCharsets.ISO_8859_1))
                .contains("carafe_exec_seconds");
        assertThat(meters.scrape(null).contentType()).startsWith("text/plain; version=0.0.4");
    }
}
