package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerState;
import carafe.proto.cri.Mount;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.StopContainerRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A container whose process no signal can end. */
@Timeout(90)
final class StuckIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension static final Node node = new Node();

    @Test
    void aStopEndsWithItsDeadlineAndWorksWhenTheProcessCanDie() throws Exception {
        PodSandboxConfig pod = node.pod("stuck").build();
        try (StuckFileSystem files = StuckFileSystem.mount(node.instance().scratch())) {
            String podId = node.kubelet().runPod(pod);
            ContainerConfig container =
                    node.container("stuck", "stat", "/stuck/name")
                            .addMounts(
                                    Mount.newBuilder()
                                            .setHostPath(files.mountPoint().toString())
                                            .setContainerPath("/stuck"))
                            .build();
            String id = node.kubelet().run(podId, pod, container);
            String other =
                    node.kubelet().run(podId, pod, node.container("other", "sleep", "99").build());
            long pid = HostProcess.find(node.instance(), "stat", "/stuck/name").pid();
            awaitAsleep(pid);

            // The second one joins the first, which goes on without its caller.
            for (int i = 0; i < 2; i++) {
                long start = System.nanoTime();
                assertThatThrownBy(() -> stop(id, Duration.ofSeconds(3)))
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                e ->
                                        assertThat(e.getStatus().getCode())
                                                .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
            }
            assertThat(state(pid)).as("what no signal ends").isEqualTo("D");
            assertThat(node.kubelet().status(id).getState())
                    .isEqualTo(ContainerState.CONTAINER_RUNNING);
            assertThat(node.kubelet().exec(other, "true").getExitCode()).isZero();
            stop(other, SOON);

            files.release();
            stop(id, SOON);
            assertThat(node.kubelet().status(id).getExitCode()).isEqualTo(137);
            node.kubelet().removePod(podId);
        }
    }

    private static void stop(String id, Duration deadline) {
        node.client()
                .runtime(deadline)
                .stopContainer(StopContainerRequest.newBuilder().setContainerId(id).build());
    }

    /** The wait for the server can be interrupted until the first signal that kills. */
    private static void awaitAsleep(long pid) throws IOException {
        long end = System.nanoTime() + SOON.toNanos();
        while (!state(pid).matches("[SD]")) {
            assertThat(System.nanoTime()).as("waiting for sleep").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private static String state(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    }
}
