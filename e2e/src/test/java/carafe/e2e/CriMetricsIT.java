package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import carafe.proto.cri.ContainerStats;
import carafe.proto.cri.ContainerStatsRequest;
import carafe.proto.cri.ListMetricDescriptorsRequest;
import carafe.proto.cri.ListPodSandboxMetricsRequest;
import carafe.proto.cri.Metric;
import carafe.proto.cri.MetricDescriptor;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxMetrics;
import carafe.proto.cri.StreamPodSandboxMetricsRequest;
import carafe.proto.cri.StreamPodSandboxMetricsResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The metrics kubelet asks for, and whether they tell the truth. */
@Timeout(120)
final class CriMetricsIT {
    private static final int TRIES = 11;
    private static final double NEAR = 0.05;
    private static final int MIB = 1 << 20;

    /** What a kernel may not count: block devices without a throttle, huge pages, a CPU quota. */
    private static final Set<String> PERHAPS =
            Set.of(
                    "container_blkio_device_usage_total",
                    "container_fs_reads_bytes_total",
                    "container_fs_reads_total",
                    "container_fs_writes_bytes_total",
                    "container_fs_writes_total",
                    "container_hugetlb_max_usage_bytes",
                    "container_hugetlb_usage_bytes",
                    "container_spec_cpu_quota");

    @RegisterExtension static final Node node = new Node(CniIT::configure);

    @Test
    void everyMetricIsDescribedAndToldOfWhatRunsAndGoesWithIt() {
        PodSandboxConfig pod = node.pod("told").build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().run(podId, pod, node.container("c", "sleep", "100").build());
        List<String> described =
                node
                        .client()
                        .runtime()
                        .listMetricDescriptors(ListMetricDescriptorsRequest.getDefaultInstance())
                        .getDescriptorsList()
                        .stream()
                        .map(MetricDescriptor::getName)
                        .toList();
        assertThat(described).hasSize(56);

        PodSandboxMetrics told = metrics();
        assertThat(told.getPodSandboxId()).isEqualTo(podId);
        assertThat(told.getContainerMetrics(0).getContainerId()).isEqualTo(id);
        List<String> names = all(told).map(Metric::getName).distinct().toList();
        assertThat(described).containsAll(names);
        assertThat(described.stream().filter(each -> !names.contains(each))).isSubsetOf(PERHAPS);
        assertThat(value(told, "container_processes")).isEqualTo(1);
        assertThat(value(told, "container_last_seen") * 1000)
                .isCloseTo(System.currentTimeMillis(), within(60_000L));

        List<PodSandboxMetrics> streamed = new ArrayList<>();
        node.client()
                .runtime()
                .streamPodSandboxMetrics(StreamPodSandboxMetricsRequest.getDefaultInstance())
                .forEachRemaining((StreamPodSandboxMetricsResponse part) ->
                        streamed.addAll(part.getPodSandboxMetricsList()));
        assertThat(all(streamed.getFirst()).map(each -> each.getName() + each.getLabelValuesList()))
                .containsExactlyInAnyOrderElementsOf(
                        all(told).map(each -> each.getName() + each.getLabelValuesList()).toList());

        node.kubelet().remove(id);
        assertThat(metrics().getContainerMetricsList()).isEmpty();
    }

    /** Each of four known loads, eleven times; the median has to be within 5 % of the truth. */
    @Test
    void whatAContainerUsesIsWhatIsTold() throws IOException {
        PodSandboxConfig pod = node.pod("truth").build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().run(podId, pod, node.container("c", "sleep", "1000").build());
        boolean writesCount = throttled(id);
        Errors cpu = new Errors("CPU time");
        Errors memory = new Errors("memory");
        Errors packets = new Errors("packets");
        Errors written = new Errors("written bytes");
        for (int i = 0; i < TRIES; i++) {
            cpu.add(burn(id));
            memory.add(hold(id, 24 + i));
            packets.add(ping(id));
            if (writesCount) {
                written.add(write(id, 4 + i));
            }
        }
        cpu.check();
        memory.check();
        packets.check();
        if (writesCount) {
            written.check();
        }
    }

    /** The shell's own account of its child's CPU time is the truth. */
    private static double burn(String id) {
        long before = stats(id).getCpu().getUsageCoreNanoSeconds().getValue();
        String[] times =
                say(id, "timeout 0.3 sh -c 'while :; do :; done'; times").strip().split("\\s+", -1);
        long after = stats(id).getCpu().getUsageCoreNanoSeconds().getValue();
        long metric = value(metrics(), "container_cpu_usage_seconds_total");
        long later = stats(id).getCpu().getUsageCoreNanoSeconds().getValue();
        assertThat(metric)
                .as("whole seconds of the same figure")
                .isBetween(after / 1_000_000_000, later / 1_000_000_000);
        double truth = 0;
        for (String time : times) {
            truth += Double.parseDouble(time.replaceAll("^[0-9]+m|s$", ""));
        }
        return (after - before) / 1e9 / truth - 1;
    }

    /** A process that has filled a buffer and now waits for somebody to read it. */
    private static double hold(String id, int mib) {
        long before = value(metrics(), "container_memory_rss");
        say(
                id,
                "(dd if=/dev/zero bs=%dM count=1 2>/dev/null | { sleep 60; }) </dev/null >/dev/null 2>&1 &"
                        .formatted(mib));
        long now = value(metrics(), "container_memory_rss");
        long wanted = (long) mib * MIB;
        for (int i = 0; i < 200 && now - before < wanted * (1 - NEAR); i++) {
            now = value(metrics(), "container_memory_rss");
        }
        long stats = stats(id).getMemory().getRssBytes().getValue();
        long later = value(metrics(), "container_memory_rss");
        assertThat(stats)
                .as("stats between two readings of the metrics")
                .isBetween(Math.min(now, later) - MIB, Math.max(now, later) + MIB);
        say(id, "kill -9 -1");
        for (int i = 0; i < 200 && value(metrics(), "container_processes") > 1; i++) {
            Thread.onSpinWait();
        }
        return (double) (now - before) / wanted - 1;
    }

    private static double ping(String id) {
        String name = "container_network_transmit_packets_total";
        long before = value(metrics(), name);
        say(id, "ping -q -c 100 -i 0.002 -W 2 10.231.77.1");
        return (value(metrics(), name) - before) / 100.0 - 1;
    }

    private static double write(String id, int mib) {
        String name = "container_fs_writes_bytes_total";
        long before = value(metrics(), name);
        say(id, "dd if=/dev/zero of=/root/out bs=1M count=%d oflag=direct 2>&1".formatted(mib));
        return (double) (value(metrics(), name) - before) / mib / MIB - 1;
    }

    /**
     * Puts a limit that is never met on the container's writing: version 1 counts nothing else.
     *
     * @return whether this machine counts written bytes
     */
    private static boolean throttled(String id) throws IOException {
        long device = (Long) Files.getAttribute(node.instance().root(), "unix:dev");
        String numbers =
                "%d:%d"
                        .formatted(
                                (device >> 8) & 0xfff,
                                (device & 0xff) | ((device >> 12) & 0xfff00));
        try (Stream<Path> found = Files.walk(Path.of("/sys/fs/cgroup/blkio"))) {
            Path cgroup =
                    found.filter(each -> each.getFileName().toString().equals(id))
                            .findFirst()
                            .orElseThrow();
            Files.writeString(
                    cgroup.resolve("blkio.throttle.write_bps_device"), numbers + " 100000000000");
            return true;
        } catch (IOException e) {
            System.out.println("written bytes are not counted here: " + e.getMessage());
            return false;
        }
    }

    private static String say(String id, String script) {
        return node.kubelet().exec(id, "sh", "-c", script).getStdout().toStringUtf8();
    }

    private static ContainerStats stats(String id) {
        return node.client()
                .runtime()
                .containerStats(ContainerStatsRequest.newBuilder().setContainerId(id).build())
                .getStats();
    }

    private static PodSandboxMetrics metrics() {
        return node.client()
                .runtime()
                .listPodSandboxMetrics(ListPodSandboxMetricsRequest.getDefaultInstance())
                .getPodMetrics(0);
    }

    private static Stream<Metric> all(PodSandboxMetrics pod) {
        return Stream.concat(
                pod.getMetricsList().stream(),
                pod.getContainerMetricsList().stream().flatMap(c -> c.getMetricsList().stream()));
    }

    /** The sum over labels other than the container's; 0 without. */
    private static long value(PodSandboxMetrics pod, String name) {
        ToLongFunction<Metric> number = each -> each.getValue().getValue();
        return all(pod).filter(each -> each.getName().equals(name)).mapToLong(number).sum();
    }

    /** How far off the tries were. */
    private record Errors(String what, List<Double> tries) {
        Errors(String what) {
            this(what, new ArrayList<>());
        }

        void add(double error) {
            tries.add(error);
        }

        void check() {
            Collections.sort(tries);
            double median = tries.get(tries.size() / 2);
            System.out.printf(
                    "%s: off by %.2f %% (median of %d; %.2f to %.2f %%)%n",
                    what,
                    100 * median,
                    tries.size(),
                    100 * tries.getFirst(),
                    100 * tries.getLast());
            assertThat(median).as(what).isBetween(-NEAR, NEAR);
        }
    }
}
