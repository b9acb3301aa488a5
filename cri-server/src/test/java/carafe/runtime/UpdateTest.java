package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.Caller;
import carafe.runtime.api.Resources;
import carafe.runtime.api.SandboxSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an update of limits means for containers and pods, on a fake node. */
class UpdateTest {
    private static final long MIB = 1 << 20;

    @TempDir private Path base;
    private RuntimeRig rig;

    @BeforeEach
    void start() {
        rig = new RuntimeRig(base);
        rig.runtime.recover();
    }

    @Test
    void whatIsNotSaidStays() {
        String id = rig.create(rig.runPod("web"), "app");
        rig.runtime.updateContainer(id, limits(100_000, 50_000, 512, 64 * MIB, "0", 0));
        rig.runtime.updateContainer(id, limits(0, 0, 0, 0, "1", 96 * MIB));
        assertThat(now(id)).isEqualTo(limits(100_000, 50_000, 512, 64 * MIB, "1", 96 * MIB));
        rig.runtime.updateContainer(id, limits(0, -1, 0, 32 * MIB, "", 0));
        assertThat(now(id)).isEqualTo(limits(100_000, -1, 512, 32 * MIB, "1", 0));
    }

    @Test
    void theUpdateOutlivesTheDaemon() {
        String created = rig.create(rig.runPod("web"), "app");
        String running = rig.createAndStart(rig.runPod("db"), "app");
        for (String id : new String[] {created, running}) {
            rig.runtime.updateContainer(id, limits(0, 0, 512, 0, "", 0));
        }
        rig.restart();
        for (String id : new String[] {created, running}) {
            assertThat(
                            rig.runtime
                                    .core()
                                    .inventory()
                                    .containers()
                                    .require(id)
                                    .settings()
                                    .resources()
                                    .cpuShares())
                    .isEqualTo(512);
        }
    }

    @Test
    void theOomScoreIsSetAtCreationOnly() {
        String id = rig.create(rig.runPod("web"), "app");
        rig.runtime.updateContainer(
                id, new Resources(0, 0, 0, 0, 500, "", "", Map.of(), Map.of(), 0));
        assertThat(now(id).oomScoreAdj()).isZero();
    }

    @Test
    void whatHasEndedOrNeverWasIsNotUpdated() {
        String id = rig.createAndStart(rig.runPod("web"), "app");
        rig.runtime.stopContainer(id, Duration.ZERO);
        assertThatThrownBy(() -> rig.runtime.updateContainer(id, limits(0, 0, 512, 0, "", 0)))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining(id)
                .hasMessageContaining("ended");
        assertThatThrownBy(() -> rig.runtime.updateContainer("beef", limits(0, 0, 512, 0, "", 0)))
                .isInstanceOf(CarafeException.NotFound.class);
    }

    @Test
    void whatNoKernelTakesIsRefusedBeforeItIsTried() {
        String id = rig.create(rig.runPod("web"), "app");
        for (Resources wrong :
                new Resources[] {
                    limits(0, 0, 0, 0, "0-4294967295", 0),
                    limits(0, -2, 0, 0, "", 0),
                    limits(0, 0, 999_999, 0, "", 0),
                    limits(0, 0, 0, 64 * MIB, "", 32 * MIB)
                }) {
            assertThatThrownBy(() -> rig.runtime.updateContainer(id, wrong))
                    .isInstanceOf(CarafeException.Invalid.class);
        }
        rig.runtime.updateContainer(id, limits(0, 0, 0, 64 * MIB, "", 0));
        // Together with what holds already.
        assertThatThrownBy(() -> rig.runtime.updateContainer(id, limits(0, 0, 0, 0, "", 32 * MIB)))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void aPodOfOursIsLimitedToItsPartsTogether() {
        String pod =
                rig.runtime.runSandbox(
                        limitedPod("", limits(50_000, 1_000, 0, MIB, "", 0)), Caller.PATIENT);
        String cgroup = rig.runtime.sandboxStatus(pod).cgroupParent();
        assertThat(rig.node.cgroups().values(cgroup))
                .isEqualTo(limits(100_000, 52_000, 512, 65 * MIB, "", 0));
        rig.runtime.updateSandbox(pod, Resources.NONE, limits(0, 0, 0, 128 * MIB, "", 0));
        assertThat(rig.node.cgroups().values(cgroup).memoryLimitBytes()).isEqualTo(129 * MIB);
        rig.restart();
        assertThat(rig.runtime.sandboxStatus(pod).resources().memoryLimitBytes())
                .isEqualTo(128 * MIB);
        assertThat(rig.runtime.sandboxStatus(pod).overhead().memoryLimitBytes()).isEqualTo(MIB);
    }

    @Test
    void aPodOfTheKubeletIsTheKubeletsToLimit() {
        rig.node.cgroups().addForeign("/kubepods/pod1");
        String pod =
                rig.runtime.runSandbox(
                        limitedPod("/kubepods/pod1", Resources.NONE), Caller.PATIENT);
        rig.runtime.updateSandbox(pod, Resources.NONE, limits(0, 0, 0, MIB, "", 0));
        assertThat(rig.node.cgroups().values("/kubepods/pod1")).isEqualTo(Resources.NONE);
        assertThat(rig.runtime.sandboxStatus(pod).resources().memoryLimitBytes()).isEqualTo(MIB);
    }

    @Test
    void aStoppedPodIsNotUpdated() {
        String pod = rig.runPod("web");
        rig.runtime.stopSandbox(pod);
        assertThatThrownBy(() ->
                        rig.runtime.updateSandbox(pod, Resources.NONE, limits(0, 0, 512, 0, "", 0)))
                .isInstanceOf(CarafeException.Precondition.class);
    }

    private SandboxSpec limitedPod(String parent, Resources overhead) {
        SandboxSpec plain = Requests.pod("web", rig.node.logs());
        return new SandboxSpec(
                plain.metadata(),
                plain.hostname(),
                plain.logDirectory(),
                plain.dns(),
                plain.portMappings(),
                plain.labels(),
                plain.annotations(),
                plain.runtimeHandler(),
                new SandboxSpec.Linux(
                        parent,
                        plain.linux().security(),
                        Map.of(),
                        overhead,
                        limits(100_000, 50_000, 512, 64 * MIB, "", 0)));
    }

    private Resources now(String id) {
        return rig.runtime.containerStatus(id).resources();
    }

    private static Resources limits(
            long period, long quota, long shares, long memory, String cpus, long swap) {
        return new Resources(period, quota, shares, memory, 0, cpus, "", Map.of(), Map.of(), swap);
    }
}
