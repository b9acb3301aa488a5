package carafe.bench;

import carafe.proto.cri.ListContainerStatsRequest;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.StreamPodSandboxMetricsRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/**
 * What it costs to be watched with 500 sleeping containers: a scrape, a list of stats, the metrics
 * of CRI, and the daemon's CPU time while it is scraped every 15 seconds; and whether the series go
 * with their containers.
 */
final class MetricsBench {
    private static final int PODS = 50;
    private static final int CONTAINERS_PER_POD = 10;
    private static final int TRIES = 11;
    private static final int SCRAPES = 6;
    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final double TICKS_PER_SECOND = 100;

    private final OwnDaemon own;
    private final PrintStream out;

    MetricsBench(OwnDaemon own, PrintStream out) {
        this.own = own;
        this.out = out;
    }

    void run() throws IOException, InterruptedException {
        for (int i = 0; i < PODS; i++) {
            PodSandboxConfig pod = own.node().pod("metrics-" + i);
            String podId = own.node().kubelet().runPod(pod);
            for (int j = 0; j < CONTAINERS_PER_POD; j++) {
                own.node()
                        .kubelet()
                        .run(podId, pod, own.node().container("c" + j, "sleep", "100000").build());
            }
        }
        int[] bytes = {0};
        tell("scrape (at most 1000 ms)", () -> bytes[0] = own.metrics().length());
        out.printf(Locale.ROOT, "its size: %.2f MiB (at most 10)%n", bytes[0] / 1048576.0);
        tell(
                "ListContainerStats (at most 200 ms)",
                () ->
                        own.node()
                                .client()
                                .runtime()
                                .listContainerStats(
                                        ListContainerStatsRequest.getDefaultInstance()));
        tell(
                "StreamPodSandboxMetrics, all 56 names",
                () ->
                        own.node()
                                .client()
                                .runtime()
                                .streamPodSandboxMetrics(
                                        StreamPodSandboxMetricsRequest.getDefaultInstance())
                                .forEachRemaining(_ -> {}));
        long before = ticks();
        long begin = System.nanoTime();
        for (int i = 0; i < SCRAPES; i++) {
            String _ = own.metrics();
            Thread.sleep(INTERVAL);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        out.printf(
                Locale.ROOT,
                "daemon scraped every %d s: %.2f %% of one core over %.0f s (at most 2)%n",
                INTERVAL.toSeconds(),
                100 * (ticks() - before) / TICKS_PER_SECOND / seconds,
                seconds);
        own.node().kubelet().removeEverything();
        long left =
                own.metrics().lines().filter(line -> line.contains("namespace=\"bench\"")).count();
        out.printf("series of containers after their removal: %d%n", left);
    }

    private interface Call {
        void make() throws IOException, InterruptedException;
    }

    private void tell(String what, Call call) throws IOException, InterruptedException {
        double[] millis = new double[TRIES];
        for (int i = -3; i < TRIES; i++) {
            long begin = System.nanoTime();
            call.make();
            if (i >= 0) {
                millis[i] = (System.nanoTime() - begin) / 1e6;
            }
        }
        Arrays.sort(millis);
        out.printf(
                Locale.ROOT,
                "%s: %.0f ms (median of %d; %.0f to %.0f)%n",
                what,
                millis[TRIES / 2],
                TRIES,
                millis[0],
                millis[TRIES - 1]);
    }

    /** CPU time of the daemon in hundredths of a second. */
    private long ticks() throws IOException {
        String stat = Files.readString(Path.of("/proc/%d/stat".formatted(own.daemon().pid())));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
}
