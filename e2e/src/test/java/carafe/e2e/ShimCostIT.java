package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.ReopenContainerLogRequest;
import carafe.testkit.daemon.ShimProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a container costs beside itself. The full figure, 100 containers, is {@code ./dev bench}.
 */
@Timeout(180)
final class ShimCostIT {
    private static final int CONTAINERS = 10;
    private static final int EXECS = 10;

    /** The promise is 512 at 100 containers; ten share the program's own pages among fewer. */
    private static final long LIMIT_KIB = 576;

    /** A pump gives the pages of a burst of output back after a second without output. */
    private static final Duration REST = Duration.ofSeconds(3);

    private static final Duration IDLE = Duration.ofSeconds(2);
    private static final int BIG_ANNOTATION_BYTES = 100 * 1024;

    @RegisterExtension static final Node node = new Node();

    @Test
    void memoryPerContainerIsSmall() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("cost").build();
        String podId = node.kubelet().runPod(pod);
        String script = "head -c 1000000 /dev/zero | tr '\\0' '\\n'; exec sleep 1000";
        for (int i = 0; i < CONTAINERS; i++) {
            String name = "cost-" + i;
            ContainerConfig container =
                    node.container(name, "sh", "-c", script)
                            .putAnnotations("big", "x".repeat(BIG_ANNOTATION_BYTES))
                            .build();
            String id = node.kubelet().run(podId, pod, container);
            for (int j = 0; j < EXECS; j++) {
                assertThat(node.kubelet().exec(id, "true").getExitCode()).isZero();
            }
            rotate(id, Node.log(pod, name));
        }
        Thread.sleep(REST);

        List<ShimProcess> shims = ShimProcess.of(node.instance());
        long sumKiB = shims.stream().mapToLong(ShimProcess::pssKiB).sum();

        assertThat(shims)
                .as("control and pump of each")
                .hasSizeGreaterThanOrEqualTo(2 * CONTAINERS);
        assertThat(sumKiB / CONTAINERS)
                .as("PSS in KiB per container at rest over %d processes", shims.size())
                .isPositive()
                .isLessThanOrEqualTo(LIMIT_KIB);
    }

    @Test
    void aCreatedContainersShimSleeps() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("idle-created").build();
        String podId = node.kubelet().runPod(pod);
        node.kubelet().create(podId, pod, node.container("idle", "true").build());

        assertIdle();
    }

    @Test
    void aRunningContainersShimSleeps() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("idle-running").build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().run(podId, pod, node.container("idle", "sleep", "1000").build());
        node.kubelet().exec(id, "true");

        assertIdle();
    }

    @Test
    void aTerminalWhoseUserLeftDoesNotSpin() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("idle-tty").build();
        String podId = node.kubelet().runPod(pod);
        String script = "exec </dev/null >/dev/null 2>&1; exec sleep 1000";
        ContainerConfig tty = node.container("tty", "sh", "-c", script).setTty(true).build();
        node.kubelet().run(podId, pod, tty);

        assertIdle();
    }

    @Test
    void afterTheExitNothingOfAShimRuns() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("idle-exited").build();
        String podId = node.kubelet().runPod(pod);
        List<ShimProcess> before = ShimProcess.of(node.instance());
        String id = node.kubelet().run(podId, pod, node.container("short", "true").build());
        node.kubelet().awaitExit(id, Duration.ofSeconds(10));
        assertIdle();

        assertThat(ShimProcess.of(node.instance())).hasSameElementsAs(before);
    }

    /** No CPU time and not one wake-up, in any shim process, for two seconds. */
    private static void assertIdle() throws IOException, InterruptedException {
        Thread.sleep(300);
        Map<Long, String> before = activity();
        Thread.sleep(IDLE);

        assertThat(activity()).as("CPU ticks and wake-ups of shims by pid").isEqualTo(before);
    }

    private static Map<Long, String> activity() throws IOException {
        return ShimProcess.of(node.instance()).stream()
                .collect(
                        Collectors.toMap(
                                ShimProcess::pid,
                                shim ->
                                        "%d ticks, %d wake-ups"
                                                .formatted(
                                                        shim.cpuTicks(),
                                                        shim.voluntarySwitches())));
    }

    private static void rotate(String id, Path log) throws IOException {
        Files.move(log, log.resolveSibling(log.getFileName() + ".old"));
        node.client()
                .runtime()
                .reopenContainerLog(
                        ReopenContainerLogRequest.newBuilder().setContainerId(id).build());
    }
}
