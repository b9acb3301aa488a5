package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.Resources;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxView;
import carafe.runtime.fake.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every use case with its first, second, third … outside step failing, before or after the step
 * took effect: nothing is left behind, or what is left can be removed; and a retry works.
 */
class NthFailureTest {
    private static final int MANY = 100;

    @TempDir private Path base;

    /** When a step fails. */
    enum Moment {
        BEFORE {
            @Override
            void choose(Faults faults, int n) {
                faults.failBefore(n);
            }
        },
        AFTER {
            @Override
            void choose(Faults faults, int n) {
                faults.failAfter(n);
            }
        };

        abstract void choose(Faults faults, int n);
    }

    @ParameterizedTest
    @EnumSource
    void runningAPod(Moment moment) {
        forEachStep(
                moment,
                _ -> {},
                rig -> rig.runPod("web"),
                rig -> {
                    // A step after the pod was ready fails nobody any more.
                    if (rig.runtime.listSandboxes(SandboxFilter.ALL).isEmpty()) {
                        rig.runPod("web");
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void creatingAContainer(Moment moment) {
        forEachStep(
                moment,
                rig -> rig.runPod("web"),
                rig -> rig.create(pod(rig), "app"),
                rig -> {
                    assertThat(rig.runtime.listContainers(ContainerFilter.ALL)).isEmpty();
                    assertThat(rig.node.images().snapshots()).isEmpty();
                    rig.create(pod(rig), "app");
                });
    }

    @ParameterizedTest
    @EnumSource
    void startingAContainer(Moment moment) {
        forEachStep(
                moment,
                rig -> rig.create(rig.runPod("web"), "app"),
                rig -> rig.runtime.startContainer(container(rig)),
                _ -> {});
    }

    @ParameterizedTest
    @EnumSource
    void updatingAContainer(Moment moment) {
        Resources change = memory(64 << 20);
        forEachStep(
                moment,
                rig -> rig.createAndStart(rig.runPod("web"), "app"),
                rig -> rig.runtime.updateContainer(container(rig), change),
                rig -> {
                    assertThat(limits(rig)).as("what a failed update leaves").isZero();
                    rig.runtime.updateContainer(container(rig), change);
                    assertThat(limits(rig)).isEqualTo(64 << 20);
                });
    }

    @ParameterizedTest
    @EnumSource
    void updatingAPod(Moment moment) {
        Resources change = memory(64 << 20);
        forEachStep(
                moment,
                rig -> rig.runPod("web"),
                rig -> rig.runtime.updateSandbox(pod(rig), Resources.NONE, change),
                rig -> {
                    String id = pod(rig);
                    assertThat(rig.runtime.sandboxStatus(id).resources()).isEqualTo(Resources.NONE);
                    assertThat(rig.node.cgroups().values("/carafe/" + id))
                            .isEqualTo(Resources.NONE);
                    rig.runtime.updateSandbox(id, memory(1 << 20), change);
                    assertThat(rig.node.cgroups().values("/carafe/" + id).memoryLimitBytes())
                            .isEqualTo(65 << 20);
                });
    }

    private static Resources memory(long bytes) {
        return new Resources(0, 0, 0, bytes, 0, "", "", Map.of(), Map.of(), 0);
    }

    /** As the kernel has it, the record on disk having it too. */
    private static long limits(RuntimeRig rig) {
        long kernel = limit(rig);
        rig.restart();
        assertThat(rig.runtime.core().inventory().containers().require(container(rig)))
                .extracting(each -> each.settings().resources().memoryLimitBytes())
                .isEqualTo(kernel);
        return kernel;
    }

    private static long limit(RuntimeRig rig) {
        return rig.runtime.containerStatus(container(rig)).resources().memoryLimitBytes();
    }

    @ParameterizedTest
    @EnumSource
    void stoppingAContainer(Moment moment) {
        forEachStep(
                moment,
                rig -> rig.createAndStart(rig.runPod("web"), "app"),
                rig -> rig.runtime.stopContainer(container(rig), Duration.ofSeconds(1)),
                rig -> rig.runtime.stopContainer(container(rig), Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @EnumSource
    void removingAContainer(Moment moment) {
        forEachStep(
                moment,
                rig -> rig.createAndStart(rig.runPod("web"), "app"),
                rig -> rig.runtime.removeContainer(container(rig)),
                rig -> {
                    rig.runtime
                            .listContainers(ContainerFilter.ALL)
                            .forEach(each -> rig.runtime.removeContainer(each.id()));
                    assertThat(rig.node.images().snapshots()).isEmpty();
                    rig.create(pod(rig), "app");
                });
    }

    @ParameterizedTest
    @EnumSource
    void stoppingAPod(Moment moment) {
        forEachStep(
                moment,
                rig -> rig.createAndStart(rig.runPod("web"), "app"),
                rig -> rig.runtime.stopSandbox(pod(rig)),
                rig -> rig.runtime.stopSandbox(pod(rig)));
    }

    @ParameterizedTest
    @EnumSource
    void removingAPod(Moment moment) {
        forEachStep(
                moment,
                rig -> rig.createAndStart(rig.runPod("web"), "app"),
                rig -> rig.runtime.removeSandbox(pod(rig)),
                _ -> {});
    }

    /**
     * @param before brings the node to where the use case begins
     * @param useCase whose steps fail
     * @param afterwards what must work after the failure
     */
    private void forEachStep(
            Moment moment,
            Consumer<RuntimeRig> before,
            Consumer<RuntimeRig> useCase,
            Consumer<RuntimeRig> afterwards) {
        int n = 0;
        boolean reached = true;
        while (reached) {
            assertThat(n).as("steps of the use case").isLessThan(MANY);
            RuntimeRig rig = new RuntimeRig(base.resolve(String.valueOf(n)));
            rig.runtime.recover();
            before.accept(rig);
            Faults faults = rig.node.faults();
            moment.choose(faults, n);
            boolean failed = failed(rig, useCase);
            reached = faults.reached();
            List<String> steps = faults.seen();
            faults.none();
            if (failed) {
                afterwards.accept(rig);
            }
            rig.runtime
                    .listSandboxes(SandboxFilter.ALL)
                    .forEach(each -> rig.runtime.removeSandbox(each.id()));
            assertThat(rig.leftovers()).as("step %d %s of %s", n, moment, steps).isEmpty();
            n++;
        }
        assertThat(n).as("steps that were failed").isGreaterThan(1);
    }

    private static boolean failed(RuntimeRig rig, Consumer<RuntimeRig> useCase) {
        try {
            useCase.accept(rig);
            return false;
        } catch (CarafeException e) {
            return true;
        }
    }

    private static String pod(RuntimeRig rig) {
        List<SandboxView> pods = rig.runtime.listSandboxes(SandboxFilter.ALL);
        return pods.getFirst().id();
    }

    private static String container(RuntimeRig rig) {
        return rig.runtime.listContainers(ContainerFilter.ALL).getFirst().id();
    }
}
