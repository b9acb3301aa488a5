package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.ContainerPhase;
import carafe.runtime.fake.FakeNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopTest {
    @TempDir private Path base;
    private RuntimeRig rig;

    @BeforeEach
    void start() {
        rig = new RuntimeRig(base);
        rig.runtime.recover();
    }

    @Test
    void aContainerThatIgnoresItsSignalIsKilled() {
        String id = rig.createAndStart(rig.runPod("web"), "app");
        rig.node.shim(id).ignoreSignals();
        rig.runtime.stopContainer(id, Duration.ofMillis(50));
        assertThat(rig.runtime.containerStatus(id).exitCode()).isEqualTo(137);
    }

    @Test
    void aSignalThatCameBeforeTheHandlerIsSentAgain() throws Exception {
        String id = rig.createAndStart(rig.runPod("web"), "app");
        rig.node.processes().setDeaf(true);
        rig.node.shim(id).ignoreSignals();
        CountDownLatch sent = new CountDownLatch(1);
        rig.node.setSteps(step -> {
            if (step.equals("container.stop.signal")) {
                sent.countDown();
            }
        });
        FutureTask<Boolean> stop = stopInBackground(id, Duration.ofHours(1));
        assertThat(sent.await(30, TimeUnit.SECONDS)).isTrue();
        rig.node.shim(id).heedSignals();
        rig.node.processes().setDeaf(false);
        assertThat(stop.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(rig.runtime.containerStatus(id).exitCode()).isGreaterThan(128).isNotEqualTo(137);
    }

    @Test
    void aSecondShorterStopShortensTheFirst() throws Exception {
        String id = rig.createAndStart(rig.runPod("web"), "app");
        rig.node.shim(id).ignoreSignals();
        FutureTask<Boolean> first = stopInBackground(id, Duration.ofHours(1));
        rig.runtime.stopContainer(id, Duration.ofMillis(10));
        assertThat(first.get()).isTrue();
        assertThat(rig.runtime.containerStatus(id).exitCode()).isEqualTo(137);
    }

    @Test
    void aSecondLongerStopChangesNothing() throws Exception {
        String id = rig.createAndStart(rig.runPod("web"), "app");
        rig.node.shim(id).ignoreSignals();
        FutureTask<Boolean> first = stopInBackground(id, Duration.ofMillis(50));
        rig.runtime.stopContainer(id, Duration.ofDays(400_000_000L));
        assertThat(first.get()).isTrue();
    }

    @Test
    void aCallerThatLeavesDoesNotSaveTheContainer() throws Exception {
        String id = rig.createAndStart(rig.runPod("web"), "app");
        rig.node.shim(id).ignoreSignals();
        FutureTask<Boolean> stop =
                new FutureTask<>(() -> {
                    rig.runtime.stopContainer(id, Duration.ofMillis(200));
                    return true;
                });
        Thread caller = Thread.ofVirtual().start(stop);
        caller.interrupt();
        caller.join();
        FakeNode.eventually(
                () -> rig.runtime.containerStatus(id).view().phase() == ContainerPhase.EXITED);
        assertThat(rig.runtime.containerStatus(id).exitCode()).isEqualTo(137);
    }

    @Test
    void aSilentShimIsKilledWithItsContainer() {
        String pod = rig.runPod("web");
        String id = rig.createAndStart(pod, "app");
        rig.node.shim(id).setSilent(true);
        FutureTask<Boolean> stop = stopInBackground(id, Duration.ZERO);
        FakeNode.eventually(
                () -> rig.node.cgroups().killed().contains("/carafe/" + pod + "/" + id));
        // The real shim, once it runs again, sees that init was killed.
        rig.node.shim(id).setSilent(false);
        rig.node.shim(id).exit(137);
        assertThat(done(stop)).isTrue();
        assertThat(rig.runtime.containerStatus(id).exitCode()).isEqualTo(137);
    }

    @Test
    void aCreatedContainerThatIsStoppedNeverStarts() {
        String id = rig.create(rig.runPod("web"), "app");
        rig.runtime.stopContainer(id, Duration.ofSeconds(30));
        assertThat(rig.runtime.containerStatus(id).view().phase()).isEqualTo(ContainerPhase.EXITED);
        assertThatThrownBy(() -> rig.runtime.startContainer(id))
                .isInstanceOf(CarafeException.Precondition.class);
    }

    private FutureTask<Boolean> stopInBackground(String id, Duration grace) {
        FutureTask<Boolean> task =
                new FutureTask<>(() -> {
                    rig.runtime.stopContainer(id, grace);
                    return true;
                });
        Thread.ofVirtual().start(task);
        return task;
    }

    private static boolean done(FutureTask<Boolean> task) {
        FakeNode.eventually(task::isDone);
        return task.state() == FutureTask.State.SUCCESS;
    }
}
