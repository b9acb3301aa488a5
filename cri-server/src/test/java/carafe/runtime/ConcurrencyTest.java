package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.base.TaskScope;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.SandboxFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrencyTest {
    private static final int MANY = 50;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir private Path base;
    private RuntimeRig rig;

    @BeforeEach
    void start() {
        rig = new RuntimeRig(base);
        rig.runtime.recover();
    }

    @Test
    void ofManyEqualRequestsOneSucceeds() throws Exception {
        List<TaskScope.Outcome<Boolean>> outcomes = new ArrayList<>();
        try (TaskScope scope = new TaskScope("creates")) {
            for (int i = 0; i < MANY; i++) {
                outcomes.add(scope.fork(() -> succeeds(() -> rig.runPod("web"))));
            }
            scope.join(DEADLINE);
        }
        assertThat(outcomes).filteredOn(TaskScope.Outcome::get).hasSize(1);
        assertThat(rig.runtime.listSandboxes(SandboxFilter.ALL)).hasSize(1);
    }

    @Test
    void manyStopsAndRemovesAtOnceAllSucceed() throws Exception {
        String pod = rig.runPod("web");
        String id = rig.createAndStart(pod, "app");
        try (TaskScope scope = new TaskScope("removes")) {
            for (int i = 0; i < MANY; i++) {
                int kind = i % 4;
                scope.fork(() -> {
                    switch (kind) {
                        case 0 -> rig.runtime.stopContainer(id, Duration.ofSeconds(1));
                        case 1 -> rig.runtime.removeContainer(id);
                        case 2 -> rig.runtime.stopSandbox(pod);
                        default -> rig.runtime.removeSandbox(pod);
                    }
                    return true;
                });
            }
            scope.join(DEADLINE);
        }
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void createsThatRaceWithTheEndOfTheirPodLeaveNothing() throws Exception {
        String pod = rig.runPod("web");
        try (TaskScope scope = new TaskScope("race")) {
            for (int i = 0; i < 10; i++) {
                String name = "app" + i;
                scope.fork(() -> succeeds(() -> rig.createAndStart(pod, name)));
            }
            scope.fork(() -> {
                rig.runtime.removeSandbox(pod);
                return true;
            });
            scope.join(DEADLINE);
        }
        rig.runtime.removeSandbox(pod);
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void creationsThatHangHoldUpNobodyWhoOnlyLooks() throws Exception {
        String quick = rig.createAndStart(rig.runPod("quick"), "app");
        List<String> pods = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            pods.add(rig.runPod("slow" + i));
        }
        CountDownLatch hang = new CountDownLatch(1);
        CountDownLatch hung = new CountDownLatch(pods.size());
        rig.node.setSteps(step -> {
            if (step.equals("container.create.shim")) {
                hung.countDown();
                await(hang);
            }
        });
        try (TaskScope scope = new TaskScope("creates")) {
            for (String pod : pods) {
                scope.fork(() -> rig.create(pod, "app"));
            }
            assertThat(hung.await(30, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 100; i++) {
                assertThat(rig.runtime.listContainers(ContainerFilter.ALL)).hasSize(1);
                assertThat(rig.runtime.listSandboxes(SandboxFilter.ALL)).hasSize(11);
                assertThat(rig.runtime.sandboxStatus(pods.getFirst()).containers()).isEmpty();
                rig.runtime.containerStatus(quick);
            }
            rig.runtime.stopContainer(quick, Duration.ZERO);
            hang.countDown();
            scope.join(DEADLINE);
        }
        assertThat(rig.runtime.listContainers(ContainerFilter.ALL)).hasSize(11);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean succeeds(Runnable work) {
        try {
            work.run();
            return true;
        } catch (CarafeException e) {
            return false;
        }
    }
}
