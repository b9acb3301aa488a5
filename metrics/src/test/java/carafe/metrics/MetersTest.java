package carafe.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetersTest {
    private static final BuildInfo BUILD = new BuildInfo("1.2.3", "abc1234", "25.0.3");

    @Test
    void everyNameStartsWithCarafe() {
        try (Meters meters = new Meters(BUILD)) {
            List<String> foreign =
                    meters.scrape()
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .filter(line -> !line.startsWith("carafe_"))
                            .toList();
            assertThat(foreign).isEmpty();
            assertThat(meters.scrape()).contains("carafe_jvm_memory_used_bytes");
        }
    }

    @Test
    void buildInfoCarriesVersionRevisionAndJava() {
        try (Meters meters = new Meters(BUILD)) {
            assertThat(meters.scrape())
                    .containsPattern(
                            "carafe_build_info\\{java=\"25.0.3\",revision=\"abc1234\",version=\"1.2.3\"\\} 1");
        }
    }

    @Test
    void rpcLatencyIsAHistogramByMethodAndCode() {
        try (Meters meters = new Meters(BUILD)) {
            RpcMeter rpc = meters.rpc();
            rpc.begin();
            rpc.begin();
            rpc.end("Version", "OK", Duration.ofMillis(3));
            assertThat(meters.scrape())
                    .contains("carafe_rpc_running 1.0")
                    .contains(
                            "carafe_rpc_seconds_bucket{code=\"OK\",method=\"Version\",le=\"0.002\"} 0")
                    .contains(
                            "carafe_rpc_seconds_bucket{code=\"OK\",method=\"Version\",le=\"0.005\"} 1")
                    .contains("carafe_rpc_seconds_count{code=\"OK\",method=\"Version\"} 1");
        }
    }

    @Test
    void objectGaugesAskThePortAtEachScrape() {
        int[] running = {1};
        try (Meters meters = new Meters(BUILD)) {
            meters.objects(
                    new ObjectCounts() {
                        @Override
                        public int sandboxes(String state) {
                            return state.equals("ready") ? 2 : 0;
                        }

                        @Override
                        public int containers(String state) {
                            return state.equals("running") ? running[0] : 0;
                        }
                    });
            assertThat(meters.scrape())
                    .contains("carafe_sandboxes{state=\"ready\"} 2.0")
                    .contains("carafe_containers{state=\"running\"} 1.0");
            running[0] = 5;
            assertThat(meters.scrape()).contains("carafe_containers{state=\"running\"} 5.0");
        }
    }

    @Test
    void sameCounterTwiceIsOneSeries() {
        try (Meters meters = new Meters(BUILD)) {
            meters.counter("pulls", "Pulls", Map.of("result", "ok")).run();
            meters.counter("pulls", "Pulls", Map.of("result", "ok")).run();
            assertThat(meters.scrape()).contains("carafe_pulls_total{result=\"ok\"} 2.0");
        }
    }

    @Test
    void aPullHasRowsAsLongAsItIsUnderWay() {
        List<PullCounts.Pull> pulls = new ArrayList<>();
        pulls.add(
                new PullCounts.Pull(
                        "docker.io/library/app:1", 70, 100, Map.of("done", 2L, "waiting", 1L), 3));
        PullCounts counts =
                new PullCounts() {
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
        try (Meters meters = new Meters(BUILD)) {
            meters.pulls(counts);
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
    }
}
