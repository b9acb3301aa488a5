package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.TaskScope;
import carafe.proto.cri.ExecSyncRequest;
import carafe.proto.cri.ExecSyncResponse;
import carafe.proto.cri.PodSandboxConfig;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands in a running container. */
@Timeout(90)
@ParameterizedClass
@MethodSource("carafe.e2e.RuntimeHandlers#all")
final class ExecSyncIT {
    private static final int MIB = 1 << 20;

    @RegisterExtension static final Node node = RuntimeHandlers.node();

    ExecSyncIT(String handler) {
        node.use(handler);
    }

    private String id = "";
    private String podId = "";
    private PodSandboxConfig pod = PodSandboxConfig.getDefaultInstance();

    @BeforeEach
    void runContainer() {
        pod = node.pod("exec").build();
        podId = node.kubelet().runPod(pod);
        id = node.kubelet().run(podId, pod, node.container("target", "sleep", "1000").build());
    }

    @Test
    void givesCodeAndBothStreamsApart() {
        ExecSyncResponse response =
                node.kubelet().exec(id, "sh", "-c", "echo out; echo err >&2; exit 9");

        assertThat(response.getExitCode()).isEqualTo(9);
        assertThat(response.getStdout().toStringUtf8()).isEqualTo("out\n");
        assertThat(response.getStderr().toStringUtf8()).isEqualTo("err\n");
    }

    @Test
    void hasTheImagesEnvironmentAndDirectory() {
        ExecSyncResponse response = node.kubelet().exec(id, "sh", "-c", "echo $IMAGE_SAYS; pwd");

        assertThat(response.getStdout().toStringUtf8()).isEqualTo("hello\n/root\n");
    }

    @Test
    void runsADynamicProgramOfAnotherLayer() {
        ExecSyncResponse response = node.kubelet().exec(id, "bash", "-c", "echo $((6*7))");

        assertThat(response.getStdout().toStringUtf8()).isEqualTo("42\n");
    }

    @Test
    void bytesArriveAsTheyAre() {
        ExecSyncResponse response = node.kubelet().exec(id, "printf", "\\000\\377\\n\\r");

        assertThat(response.getStdout().toByteArray())
                .containsExactly((byte) 0, (byte) 255, '\n', '\r');
    }

    @Test
    void aCommandOverItsTimeEndsWithDeadlineExceededAndIsKilled() throws InterruptedException {
        ExecSyncRequest request =
                ExecSyncRequest.newBuilder()
                        .setContainerId(id)
                        .addAllCmd(List.of("sh", "-c", "sleep 4321 & sleep 4322"))
                        .setTimeout(1)
                        .build();
        long begin = System.nanoTime();

        assertThatThrownBy(() -> node.client().runtime().execSync(request))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e ->
                                assertThat(e.getStatus().getCode())
                                        .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(950), Duration.ofSeconds(5));
        String sleepers = "ps -o args | grep -c '[s]leep 432' || true";
        assertThat(node.kubelet().exec(id, "sh", "-c", sleepers).getStdout().toStringUtf8())
                .isEqualTo("0\n");
    }

    @Test
    void outputOverTheCapIsCutAndTheCommandStillEnds() {
        ExecSyncResponse response =
                node.kubelet().exec(id, "sh", "-c", "head -c 40000000 /dev/zero; exit 6");

        assertThat(response.getExitCode()).isEqualTo(6);
        assertThat(response.getStdout().size()).isBetween(15 * MIB, 16 * MIB - (64 << 10));
    }

    @Test
    void aCommandThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> node.kubelet().exec(id, "no-such-program"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("no-such-program");
    }

    @Test
    void manyAtOnceKeepTheirOutputsApart() throws Exception {
        try (TaskScope scope = new TaskScope("execs")) {
            List<TaskScope.Outcome<String>> outcomes = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String word = "exec-" + i;
                outcomes.add(
                        scope.fork(() ->
                                node.kubelet()
                                        .exec(id, "sh", "-c", "usleep 20000; echo " + word)
                                        .getStdout()
                                        .toStringUtf8()));
            }
            scope.join(Duration.ofSeconds(60));
            for (int i = 0; i < outcomes.size(); i++) {
                assertThat(outcomes.get(i).get()).isEqualTo("exec-" + i + "\n");
            }
        }
    }

    @Test
    void anEndedContainerRefuses() throws InterruptedException {
        String ended = node.kubelet().run(podId, pod, node.container("ended", "true").build());
        node.kubelet().awaitExit(ended, Duration.ofSeconds(10));

        assertThatThrownBy(() -> node.kubelet().exec(ended, "true"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("not running");
    }

    @Test
    void anUnknownContainerIsNotFound() {
        assertThatThrownBy(() -> node.kubelet().exec("no-such-container", "true"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
    }
}
