package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.TaskScope;
import carafe.proto.cri.Container;
import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.CreateContainerRequest;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.RunPodSandboxRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A name belongs to one object, for as long as it lives and no longer; repeated calls do no harm.
 */
@Timeout(90)
final class NamesIT {
    private static final int MANY = 50;
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String ABSENT = "ab".repeat(32);

    @RegisterExtension static final Node node = new Node();

    @Test
    void ofManyEqualCreatesOneSucceedsAndTheOthersAreToldWhoHasTheName() throws Exception {
        PodSandboxConfig pod = node.pod("equal").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig container = node.container("same", "true").build();

        Map<Status.Code, Integer> ends =
                atOnce(() -> code(() -> node.kubelet().create(podId, pod, container)));

        assertThat(ends)
                .containsOnly(
                        Map.entry(Status.Code.OK, 1),
                        Map.entry(Status.Code.ALREADY_EXISTS, MANY - 1));
        Container made = node.kubelet().containers().getFirst();
        assertThatThrownBy(() -> node.kubelet().create(podId, pod, container))
                .hasMessageContaining(made.getId());
        node.kubelet().remove(made.getId());
        assertThat(node.kubelet().create(podId, pod, container)).isNotEqualTo(made.getId());
    }

    @Test
    void ofManyEqualPodsOneIsRun() throws Exception {
        PodSandboxConfig pod = node.pod("equal").build();

        Map<Status.Code, Integer> ends = atOnce(() -> code(() -> node.kubelet().runPod(pod)));

        assertThat(ends)
                .containsOnly(
                        Map.entry(Status.Code.OK, 1),
                        Map.entry(Status.Code.ALREADY_EXISTS, MANY - 1));
        assertThat(node.kubelet().pods()).hasSize(1);
    }

    @Test
    void aRetryAfterADeadlineGetsTheObjectThatWasBegun() {
        PodSandboxConfig pod = node.pod("impatient").build();
        RunPodSandboxRequest run = RunPodSandboxRequest.newBuilder().setConfig(pod).build();
        String podId =
                retried(deadline ->
                        node.client().runtime(deadline).runPodSandbox(run).getPodSandboxId());
        assertThat(node.kubelet().pods()).singleElement().extracting("id").isEqualTo(podId);

        for (int i = 0; i < 10; i++) {
            CreateContainerRequest create =
                    CreateContainerRequest.newBuilder()
                            .setPodSandboxId(podId)
                            .setSandboxConfig(pod)
                            .setConfig(node.container("c" + i, "true"))
                            .build();
            String id =
                    retried(deadline ->
                            node.client()
                                    .runtime(deadline)
                                    .createContainer(create)
                                    .getContainerId());
            node.kubelet().start(id);
        }
        assertThat(node.kubelet().containers()).hasSize(10);
    }

    @Test
    void stopAndRemoveOfWhatIsNotThereIsSuccess() {
        node.kubelet().stop(ABSENT, 10);
        node.kubelet().remove(ABSENT);
        node.kubelet().stopPod(ABSENT);
        node.kubelet().removePod(ABSENT);
    }

    @Test
    void manyStopsAndRemovesAtOnceAllSucceed() throws Exception {
        PodSandboxConfig pod = node.pod("stopped-by-many").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container("c", "sh", "-c", "trap '' TERM; sleep 90 & wait")
                                        .build());
        List<Callable<Boolean>> calls =
                List.of(
                        () -> done(() -> node.kubelet().stop(id, 1)),
                        () -> done(() -> node.kubelet().remove(id)),
                        () -> done(() -> node.kubelet().stopPod(podId)),
                        () -> done(() -> node.kubelet().removePod(podId)));
        List<TaskScope.Outcome<Boolean>> outcomes = new ArrayList<>();
        try (TaskScope scope = new TaskScope("stops")) {
            for (int i = 0; i < MANY; i++) {
                outcomes.add(scope.fork(calls.get(i % calls.size())));
            }
            scope.join(DEADLINE);
        }

        assertThat(outcomes).allMatch(TaskScope.Outcome::get);
        assertThat(node.kubelet().pods()).isEmpty();
        assertThat(node.kubelet().containers()).isEmpty();
    }

    @Test
    void aStoppedPodTakesNoContainer() {
        PodSandboxConfig pod = node.pod("stopped").build();
        String podId = node.kubelet().runPod(pod);
        node.kubelet().stopPod(podId);

        assertThatThrownBy(() ->
                        node.kubelet().create(podId, pod, node.container("c", "true").build()))
                .hasMessageContaining("FAILED_PRECONDITION")
                .hasMessageContaining("not ready");
    }

    private interface Request {
        String send(Duration deadline);
    }

    /** As a kubelet that is far too impatient: every deadline is a little longer than the last. */
    private static String retried(Request request) {
        for (long millis = 1; millis < DEADLINE.toMillis(); millis += 1 + millis / 4) {
            try {
                return request.send(Duration.ofMillis(millis));
            } catch (StatusRuntimeException e) {
                // The daemon may notice a moment later than the caller that it has left.
                assertThat(e.getStatus().getCode())
                        .isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.ALREADY_EXISTS);
            }
        }
        throw new AssertionError("never done");
    }

    private static Map<Status.Code, Integer> atOnce(Callable<Status.Code> call) throws Exception {
        List<TaskScope.Outcome<Status.Code>> outcomes = new ArrayList<>();
        try (TaskScope scope = new TaskScope("equal calls")) {
            for (int i = 0; i < MANY; i++) {
                outcomes.add(scope.fork(call));
            }
            scope.join(DEADLINE);
        }
        Map<Status.Code, Integer> counts = new HashMap<>();
        outcomes.forEach(each -> counts.merge(each.get(), 1, Integer::sum));
        return counts;
    }

    private static Status.Code code(Callable<String> call) throws Exception {
        try {
            call.call();
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    private static boolean done(Runnable call) {
        call.run();
        return true;
    }
}
