package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.runtime.api.ContainerPhase;
import carafe.runtime.api.ContainerStatus;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.api.SandboxState;
import carafe.runtime.api.SandboxStatus;
import carafe.runtime.api.Subscription;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What subscribers are told of the lives of pods and containers. */
@Timeout(30)
class EventsTest {
    @TempDir private Path base;
    private RuntimeRig rig;

    @BeforeEach
    void start() {
        rig = new RuntimeRig(base);
        rig.runtime.recover();
    }

    @Test
    void theWholeLifeOfAPodAndItsContainerComesInOrder() throws InterruptedException {
        try (Subscription events = rig.runtime.subscribe()) {
            String pod = rig.runPod("web");
            String id = rig.createAndStart(pod, "app");
            rig.runtime.removeContainer(id);
            rig.runtime.removeSandbox(pod);

            assertThat(take(events, 8))
                    .extracting(
                            each -> (each.containerId().equals(pod) ? "pod " : "") + each.kind())
                    .containsExactly(
                            "pod CREATED",
                            "pod STARTED",
                            "CREATED",
                            "STARTED",
                            "STOPPED",
                            "DELETED",
                            "pod STOPPED",
                            "pod DELETED");
        }
    }

    @Test
    void anEventCarriesThePodAndItsContainersAsTheyWereThen() throws InterruptedException {
        try (Subscription events = rig.runtime.subscribe()) {
            String pod = rig.runPod("web");
            String id = rig.createAndStart(pod, "app");
            rig.runtime.removeSandbox(pod);

            List<RuntimeEvent> all = take(events, 8);
            assertThat(all).extracting(RuntimeEvent::sandboxId).containsOnly(pod);
            assertThat(phases(all.get(2))).containsExactly(ContainerPhase.CREATED);
            assertThat(phases(all.get(3))).containsExactly(ContainerPhase.RUNNING);
            assertThat(pod(all.get(3)).view().state()).isEqualTo(SandboxState.READY);
            assertThat(pod(all.get(4)).view().state()).isEqualTo(SandboxState.NOT_READY);
            assertThat(all.get(5).containerId()).isEqualTo(id);
            assertThat(phases(all.get(5))).containsExactly(ContainerPhase.EXITED);
            RuntimeEvent last = all.getLast();
            assertThat(pod(last).view().metadata().uid()).as("of a pod that is gone").isNotEmpty();
            assertThat(phases(last)).isEmpty();
        }
    }

    @Test
    void aContainerThatCannotStartHasStopped() throws InterruptedException {
        String pod = rig.runPod("web");
        String id = rig.create(pod, "app");
        rig.node.shim(id).failStart("no such file");
        try (Subscription events = rig.runtime.subscribe()) {
            assertThatThrownBy(() -> rig.runtime.startContainer(id))
                    .hasMessageContaining("no such file");

            RuntimeEvent event = events.next();
            assertThat(event.kind()).isEqualTo(RuntimeEvent.Kind.STOPPED);
            ContainerStatus status = pod(event).containers().getFirst();
            assertThat(status.reason()).isEqualTo("StartError");
            assertThat(status.exitCode()).isEqualTo(128);
        }
    }

    private static List<RuntimeEvent> take(Subscription events, int count)
            throws InterruptedException {
        List<RuntimeEvent> taken = new ArrayList<>();
        while (taken.size() < count) {
            taken.add(events.next());
        }
        return taken;
    }

    private static SandboxStatus pod(RuntimeEvent event) {
        return Objects.requireNonNull(event.pod());
    }

    private static List<ContainerPhase> phases(RuntimeEvent event) {
        return pod(event).containers().stream().map(each -> each.view().phase()).toList();
    }
}
