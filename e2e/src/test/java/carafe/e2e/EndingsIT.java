package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerState;
import carafe.proto.cri.ContainerStatus;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerResources;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.ReopenContainerLogRequest;
import carafe.testkit.client.LogLine;
import carafe.testkit.daemon.ShimProcess;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Why a container ended is told exactly, in the words of the protocol. */
@Timeout(90)
final class EndingsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int MANY = 60;

    @RegisterExtension static final Node node = new Node();

    @Test
    void aChildsOutOfMemoryDeathIsAMessageAndNoReason() throws Exception {
        PodSandboxConfig pod = node.pod("child-oom").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet()
                        .run(podId, pod, limited("parent", "tail /dev/zero; echo lived; exit 3"));

        ContainerStatus status = node.kubelet().awaitExit(id, SOON);

        assertThat(status.getExitCode()).isEqualTo(3);
        assertThat(status.getReason()).isEqualTo("Error");
        assertThat(status.getMessage()).contains("child processes for want of memory");
    }

    @Test
    void aKillAfterAChildsOutOfMemoryDeathIsNoOutOfMemoryDeath() throws Exception {
        PodSandboxConfig pod = node.pod("killed-after").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                limited("parent", "tail /dev/zero; sleep 500 & echo lived; wait"));
        awaitLine(Node.log(pod, "parent"), "lived");
        node.kubelet().stop(id, 0);

        ContainerStatus status = node.kubelet().status(id);

        assertThat(status.getExitCode()).isEqualTo(137);
        assertThat(status.getReason()).isEqualTo("Error");
        assertThat(status.getMessage()).contains("signal 9").contains("want of memory");
    }

    @Test
    @ShimOnly("runc looks for the command when it creates, before the start")
    void aCommandThatIsNotThereIsAStartError() throws Exception {
        PodSandboxConfig pod = node.pod("no-command").build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().create(podId, pod, node.container("c", "/no/such").build());

        assertThatThrownBy(() -> node.kubelet().start(id))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("/no/such")
                .hasMessageContaining("no such file or directory");

        ContainerStatus status = node.kubelet().status(id);
        assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
        assertThat(status.getExitCode()).isEqualTo(128);
        assertThat(status.getReason()).isEqualTo("StartError");
        assertThat(status.getMessage()).contains("/no/such");
        assertThat(status.getFinishedAt()).isPositive();
    }

    @Test
    void aContainerWhoseShimDiesHasAnUnknownEnd() throws Exception {
        PodSandboxConfig pod = node.pod("no-shim").build();
        String podId = node.kubelet().runPod(pod);
        List<ShimProcess> before = ShimProcess.of(node.instance());
        String id = node.kubelet().run(podId, pod, node.container("c", "sleep", "57").build());
        for (ShimProcess shim : ShimProcess.of(node.instance())) {
            if (!before.contains(shim) && shim.pid() > 1) {
                ProcessHandle.of(shim.pid()).ifPresent(ProcessHandle::destroyForcibly);
            }
        }

        ContainerStatus status = node.kubelet().awaitExit(id, SOON);

        assertThat(status.getExitCode()).isEqualTo(255);
        assertThat(status.getReason()).isEqualTo("Unknown");
        assertThat(status.getMessage()).contains("shim");
    }

    @Test
    void ofManyShortLivesEveryCodeAndEveryLineIsThere() throws Exception {
        PodSandboxConfig pod = node.pod("short").build();
        String podId = node.kubelet().runPod(pod);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            String script = "echo line " + i + "; exit " + i;
            ids.add(
                    node.kubelet()
                            .run(podId, pod, node.container("c" + i, "sh", "-c", script).build()));
        }
        for (int i = 0; i < MANY; i++) {
            ContainerStatus status = node.kubelet().awaitExit(ids.get(i), SOON);
            assertThat(status.getExitCode()).as("container %d", i).isEqualTo(i);
            assertThat(LogLine.texts(Node.log(pod, "c" + i), "stdout"))
                    .as("log of container %d", i)
                    .containsExactly("line " + i);
        }
    }

    @Test
    void theLogOfAContainerThatDoesNotRunIsNotReopened() throws Exception {
        PodSandboxConfig pod = node.pod("no-log").build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().run(podId, pod, node.container("c", "true").build());
        node.kubelet().awaitExit(id, SOON);
        Path log = Node.log(pod, "c");
        Files.move(log, log.resolveSibling("c.log.1"));

        assertThatThrownBy(() ->
                        node.client()
                                .runtime()
                                .reopenContainerLog(
                                        ReopenContainerLogRequest.newBuilder()
                                                .setContainerId(id)
                                                .build()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("FAILED_PRECONDITION")
                .hasMessageContaining("not running");
        assertThat(log).doesNotExist();
    }

    private static ContainerConfig limited(String name, String script) {
        return node.container(name, "sh", "-c", script)
                .setLinux(
                        LinuxContainerConfig.newBuilder()
                                .setResources(
                                        LinuxContainerResources.newBuilder()
                                                .setMemoryLimitInBytes(16 << 20)))
                .build();
    }

    private static void awaitLine(Path log, String line) throws IOException, InterruptedException {
        long end = System.nanoTime() + SOON.toNanos();
        while (!Files.exists(log) || !LogLine.texts(log, "stdout").contains(line)) {
            assertThat(System.nanoTime()).as("%s in time in %s", line, log).isLessThan(end);
            Thread.sleep(10);
        }
    }
}
