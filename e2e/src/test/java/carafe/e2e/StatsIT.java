package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerStats;
import carafe.proto.cri.ContainerStatsFilter;
import carafe.proto.cri.ContainerStatsRequest;
import carafe.proto.cri.FilesystemUsage;
import carafe.proto.cri.ImageFsInfoRequest;
import carafe.proto.cri.ImageFsInfoResponse;
import carafe.proto.cri.LinuxPodSandboxStats;
import carafe.proto.cri.ListContainerStatsRequest;
import carafe.proto.cri.ListPodSandboxStatsRequest;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxStatsRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What kubelet's summary is made of. */
@Timeout(90)
final class StatsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MIB = 1 << 20;

    @RegisterExtension static final Node node = new Node(CniIT::configure);

    @Test
    void aContainersCpuMemoryAndFilesAreCounted() throws InterruptedException {
        PodSandboxConfig pod = node.pod("counts").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container(
                                                "busy",
                                                "sh",
                                                "-c",
                                                "head -c 3145728 /dev/zero >/root/three;"
                                                        + " while :; do :; done")
                                        .putLabels("load", "busy")
                                        .build());

        await(() -> stats(id).getCpu().getUsageCoreNanoSeconds().getValue() > 100_000_000);
        // The files are walked once in ten seconds.
        await(() -> stats(id).getWritableLayer().getUsedBytes().getValue() >= 3 * MIB);
        ContainerStats stats = stats(id);

        assertThat(stats.getAttributes().getId()).isEqualTo(id);
        assertThat(stats.getAttributes().getMetadata().getName()).isEqualTo("busy");
        assertThat(stats.getAttributes().getLabelsMap()).containsEntry("load", "busy");
        assertThat(stats.getCpu().getTimestamp()).isPositive();
        assertThat(stats.getCpu().getUsageNanoCores().getValue()).isPositive();
        assertThat(stats.getMemory().getUsageBytes().getValue()).isPositive();
        assertThat(stats.getMemory().getRssBytes().getValue()).isPositive();
        assertThat(stats.getMemory().getPageFaults().getValue()).isPositive();
        assertThat(stats.getMemory().getWorkingSetBytes().getValue())
                .isLessThanOrEqualTo(stats.getMemory().getUsageBytes().getValue());
        assertThat(stats.getMemory().hasAvailableBytes()).as("no limit was set").isFalse();
        assertThat(stats.getWritableLayer().getInodesUsed().getValue()).isGreaterThan(1);
        assertThat(stats.getWritableLayer().getFsId().getMountpoint())
                .isEqualTo(node.instance().root().toString());
    }

    @Test
    void listsShowWhatRunsAndWhatTheFilterLetsThrough() throws InterruptedException {
        PodSandboxConfig pod = node.pod("lists").build();
        String podId = node.kubelet().runPod(pod);
        String runs =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container("runs", "sleep", "100")
                                        .putLabels("kind", "runs")
                                        .build());
        String ends = node.kubelet().run(podId, pod, node.container("ends", "true").build());
        node.kubelet().awaitExit(ends, PATIENCE);

        assertThat(ids(ContainerStatsFilter.newBuilder())).containsExactly(runs);
        assertThat(ids(ContainerStatsFilter.newBuilder().putLabelSelector("kind", "runs")))
                .containsExactly(runs);
        assertThat(ids(ContainerStatsFilter.newBuilder().putLabelSelector("kind", "other")))
                .isEmpty();
        assertThat(ids(ContainerStatsFilter.newBuilder().setPodSandboxId(podId))).hasSize(1);
        ContainerStats ended = stats(ends);
        assertThat(ended.hasWritableLayer()).isTrue();
        assertThat(ended.hasCpu()).isFalse();
    }

    @Test
    void aPodsNetworkAndProcessesAreCounted() throws InterruptedException {
        PodSandboxConfig pod = node.pod("traffic").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container("a", "sh", "-c", "sleep 100; true").build());
        long sent = pod(podId).getNetwork().getDefaultInterface().getTxBytes().getValue();
        node.kubelet().exec(id, "ping", "-c", "2", "-s", "1000", "-W", "2", "10.231.77.1");

        await(() ->
                pod(podId).getNetwork().getDefaultInterface().getTxBytes().getValue()
                        >= sent + 2000);
        LinuxPodSandboxStats stats = pod(podId);
        assertThat(stats.getNetwork().getDefaultInterface().getName()).isEqualTo("eth0");
        assertThat(stats.getNetwork().getInterfacesList()).isEmpty();
        assertThat(stats.getProcess().getProcessCount().getValue()).isGreaterThanOrEqualTo(2);
        assertThat(stats.getMemory().getUsageBytes().getValue()).isPositive();
        assertThat(stats.getContainersList())
                .extracting(each -> each.getAttributes().getId())
                .containsExactly(id);
        assertThat(
                        node.client()
                                .runtime()
                                .listPodSandboxStats(
                                        ListPodSandboxStatsRequest.getDefaultInstance())
                                .getStatsList())
                .extracting(each -> each.getAttributes().getId())
                .containsExactly(podId);
    }

    @Test
    void whatImagesAndContainersOccupyIsTold() throws InterruptedException {
        ImageFsInfoResponse info =
                node.client().images().imageFsInfo(ImageFsInfoRequest.getDefaultInstance());

        List<FilesystemUsage> both =
                List.of(info.getImageFilesystems(0), info.getContainerFilesystems(0));
        assertThat(both)
                .allSatisfy(usage -> {
                    assertThat(usage.getTimestamp()).isPositive();
                    assertThat(usage.getFsId().getMountpoint())
                            .isEqualTo(node.instance().root().toString());
                });
        // Six layers of Debian packages.
        assertThat(info.getImageFilesystems(0).getUsedBytes().getValue()).isGreaterThan(10L * MIB);
        assertThat(info.getImageFilesystems(0).getInodesUsed().getValue()).isGreaterThan(500);
    }

    private static ContainerStats stats(String id) {
        return node.client()
                .runtime()
                .containerStats(ContainerStatsRequest.newBuilder().setContainerId(id).build())
                .getStats();
    }

    private static LinuxPodSandboxStats pod(String id) {
        return node.client()
                .runtime()
                .podSandboxStats(PodSandboxStatsRequest.newBuilder().setPodSandboxId(id).build())
                .getStats()
                .getLinux();
    }

    private static List<String> ids(ContainerStatsFilter.Builder filter) {
        return node
                .client()
                .runtime()
                .listContainerStats(
                        ListContainerStatsRequest.newBuilder().setFilter(filter).build())
                .getStatsList()
                .stream()
                .map(each -> each.getAttributes().getId())
                .toList();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still not so after " + PATIENCE).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
