package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerState;
import carafe.proto.cri.ContainerStatus;
import carafe.proto.cri.NamespaceMode;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.PodSandboxConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** How a container ended is told exactly. */
@Timeout(60)
@ParameterizedClass
@MethodSource("carafe.e2e.RuntimeHandlers#all")
final class ExitCodeIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    @RegisterExtension static final Node node = RuntimeHandlers.node();

    ExitCodeIT(String handler) {
        node.use(handler);
    }

    @Test
    void zeroIsCompleted() throws InterruptedException {
        ContainerStatus status = run(node.container("zero", "true").build());

        assertThat(status.getExitCode()).isZero();
        assertThat(status.getReason()).isEqualTo("Completed");
        assertThat(status.getStartedAt()).isGreaterThanOrEqualTo(status.getCreatedAt());
        assertThat(status.getFinishedAt()).isGreaterThanOrEqualTo(status.getStartedAt());
    }

    @Test
    void sevenIsAnError() throws InterruptedException {
        ContainerStatus status = run(node.container("seven", "sh", "-c", "exit 7").build());

        assertThat(status.getExitCode()).isEqualTo(7);
        assertThat(status.getReason()).isEqualTo("Error");
    }

    @Test
    void deathBySignalIs128PlusItsNumber() throws InterruptedException {
        // In the node's PID namespace, for a namespace's own PID 1 is spared by its own signals.
        NamespaceOption nodePid = NamespaceOption.newBuilder().setPid(NamespaceMode.NODE).build();
        ContainerConfig container =
                node.container("segv", "sh", "-c", "kill -SEGV $$; sleep 20")
                        .setLinux(LinuxConfigs.withNamespaces(nodePid))
                        .build();

        assertThat(run(container).getExitCode()).isEqualTo(128 + 11);
    }

    @Test
    void deathBySignalInAPodWithOnePidNamespace() throws InterruptedException {
        NamespaceOption podPid = NamespaceOption.newBuilder().setPid(NamespaceMode.POD).build();
        PodSandboxConfig pod =
                node.pod("one-pid").setLinux(LinuxConfigs.podWithNamespaces(podPid)).build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container("term", "sh", "-c", "kill -TERM $$; sleep 20")
                                        .setLinux(LinuxConfigs.withNamespaces(podPid))
                                        .build());
        String witness =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container("witness", "sleep", "99")
                                        .setLinux(LinuxConfigs.withNamespaces(podPid))
                                        .build());

        assertThat(node.kubelet().awaitExit(id, SOON).getExitCode()).isEqualTo(128 + 15);
        assertThat(
                        node.kubelet()
                                .exec(witness, "sh", "-c", "tr '\\0' ' ' < /proc/1/cmdline")
                                .getStdout()
                                .toStringUtf8())
                .as("PID 1 of the pod is nobody's container")
                .doesNotContain("sleep 99");
    }

    @Test
    void killedFromOutsideIs137() throws InterruptedException {
        PodSandboxConfig pod = node.pod("killed").build();
        String podId = node.kubelet().runPod(pod);
        String token = "1234567";
        String id =
                node.kubelet().run(podId, pod, node.container("killed", "sleep", token).build());
        HostProcess.find(node.instance(), "sleep", token).kill();

        assertThat(node.kubelet().awaitExit(id, SOON).getExitCode()).isEqualTo(137);
    }

    @Test
    void aStopThatComesBeforeTheProgramListensIsNotLost() {
        PodSandboxConfig pod = node.pod("starting").build();
        String podId = node.kubelet().runPod(pod);
        String script = "sleep 1; trap 'exit 7' TERM; while :; do sleep 0.1; done";
        String id =
                node.kubelet()
                        .run(podId, pod, node.container("starting", "sh", "-c", script).build());
        node.kubelet().stop(id, 60);

        assertThat(node.kubelet().status(id).getExitCode()).isEqualTo(7);
    }

    @Test
    void stopOfAProcessThatIgnoresTermIsAKillAfterTheGracePeriod() throws InterruptedException {
        PodSandboxConfig pod = node.pod("stubborn").build();
        String podId = node.kubelet().runPod(pod);
        String script = "trap '' TERM; while :; do sleep 0.1; done";
        String id =
                node.kubelet()
                        .run(podId, pod, node.container("stubborn", "sh", "-c", script).build());
        Thread.sleep(300);
        long begin = System.nanoTime();
        node.kubelet().stop(id, 1);

        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(950), Duration.ofSeconds(6));
        ContainerStatus status = node.kubelet().status(id);
        assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
        assertThat(status.getExitCode()).isEqualTo(137);
    }

    @Test
    void stopTwiceAndRemoveTwiceIsFine() throws InterruptedException {
        PodSandboxConfig pod = node.pod("twice").build();
        String podId = node.kubelet().runPod(pod);
        String script = "trap 'exit 3' TERM; while :; do sleep 0.1; done";
        String id =
                node.kubelet().run(podId, pod, node.container("twice", "sh", "-c", script).build());
        Thread.sleep(300);
        node.kubelet().stop(id, 10);
        node.kubelet().stop(id, 10);

        assertThat(node.kubelet().status(id).getExitCode()).isEqualTo(3);
        node.kubelet().remove(id);
        node.kubelet().remove(id);
        node.kubelet().stopPod(podId);
        node.kubelet().stopPod(podId);
        node.kubelet().removePod(podId);
        node.kubelet().removePod(podId);
        assertThat(node.kubelet().pods()).isEmpty();
    }

    private static ContainerStatus run(ContainerConfig container) throws InterruptedException {
        PodSandboxConfig pod = node.pod("exit").build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().run(podId, pod, container);
        return node.kubelet().awaitExit(id, SOON);
    }
}
