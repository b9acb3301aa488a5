package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.base.Steps;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerPhase;
import carafe.runtime.api.ContainerStatus;
import carafe.runtime.api.ContainerView;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxState;
import carafe.runtime.api.SandboxView;
import carafe.runtime.fake.FakeNode;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.RecordStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
    @TempDir private Path base;
    private RuntimeRig rig;

    @BeforeEach
    void start() {
        rig = new RuntimeRig(base);
        rig.runtime.recover();
    }

    @Test
    void everythingGoesOnAfterARestart() {
        String pod = rig.runPod("web");
        String running = rig.createAndStart(pod, "running");
        String created = rig.create(pod, "created");
        List<SandboxView> pods = rig.runtime.listSandboxes(SandboxFilter.ALL);
        List<ContainerView> containers = rig.runtime.listContainers(ContainerFilter.ALL);
        ContainerStatus status = rig.runtime.containerStatus(running);
        rig.restart();
        assertThat(rig.runtime.listSandboxes(SandboxFilter.ALL)).isEqualTo(pods);
        assertThat(rig.runtime.listContainers(ContainerFilter.ALL)).isEqualTo(containers);
        assertThat(rig.runtime.containerStatus(running)).isEqualTo(status);
        rig.runtime.startContainer(created);
        rig.node.shim(running).exit(7);
        awaitPhase(running, ContainerPhase.EXITED);
        assertThat(rig.runtime.containerStatus(running).exitCode()).isEqualTo(7);
        rig.runtime.removeSandbox(pod);
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void exitsWhileTheDaemonWasDownAreExact() {
        String pod = rig.runPod("web");
        String zero = rig.createAndStart(pod, "zero");
        String seven = rig.createAndStart(pod, "seven");
        String killed = rig.createAndStart(pod, "killed");
        rig.die();
        rig.node.shim(zero).exit(0);
        rig.node.shim(seven).exit(7);
        rig.node.shim(killed).oom();
        rig.restart();
        assertThat(rig.runtime.containerStatus(zero).exitCode()).isZero();
        assertThat(rig.runtime.containerStatus(zero).reason()).isEqualTo("Completed");
        assertThat(rig.runtime.containerStatus(seven).exitCode()).isEqualTo(7);
        assertThat(rig.runtime.containerStatus(killed).reason()).isEqualTo("OOMKilled");
        rig.runtime.removeSandbox(pod);
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void aShimThatDiedMeanwhileLeavesUnknown() {
        String pod = rig.runPod("web");
        String id = rig.createAndStart(pod, "app");
        rig.die();
        rig.node.shim(id).die();
        rig.restart();
        assertThat(rig.runtime.containerStatus(id).exitCode()).isEqualTo(255);
        assertThat(rig.runtime.containerStatus(id).reason()).isEqualTo("Unknown");
        assertThat(rig.node.cgroups().killed()).isNotEmpty();
        rig.runtime.removeSandbox(pod);
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void aRebootEndsEverythingAndLeavesItRemovable() {
        String pod = rig.runPod("web");
        String id = rig.createAndStart(pod, "app");
        rig.node.processes().reboot();
        // Somebody else has the holder's pid now, and must be left alone.
        rig.node.processes().start();
        rig.restart();
        assertThat(rig.runtime.sandboxStatus(pod).view().state()).isEqualTo(SandboxState.NOT_READY);
        assertThat(rig.runtime.containerStatus(id).view().phase()).isEqualTo(ContainerPhase.EXITED);
        assertThat(rig.runtime.containerStatus(id).exitCode()).isEqualTo(255);
        rig.runtime.removeSandbox(pod);
        assertThat(rig.node.processes().alive()).hasSize(1);
        assertThat(rig.node.network().attached()).isEmpty();
        assertThat(rig.node.images().snapshots()).isEmpty();
    }

    @Test
    void oneSilentShimHoldsUpNobody() {
        String pod = rig.runPod("web");
        String silent = rig.createAndStart(pod, "silent");
        String other = rig.createAndStart(pod, "other");
        rig.node.shim(silent).setSilent(true);
        rig.restart();
        assertThat(rig.runtime.containerStatus(other).view().phase())
                .isEqualTo(ContainerPhase.RUNNING);
        awaitPhase(silent, ContainerPhase.UNKNOWN);
        rig.node.shim(silent).setSilent(false);
        awaitPhase(silent, ContainerPhase.RUNNING);
        rig.node.shim(silent).exit(3);
        awaitPhase(silent, ContainerPhase.EXITED);
        assertThat(rig.runtime.containerStatus(silent).exitCode()).isEqualTo(3);
    }

    @Test
    void aDamagedRecordHurtsItsObjectOnly() throws Exception {
        String pod = rig.runPod("web");
        String victim = rig.createAndStart(pod, "victim");
        String other = rig.createAndStart(pod, "other");
        Path directory = rig.node.root().resolve("containers").resolve(victim);
        Files.writeString(directory.resolve("record.json"), "{\"version\":1,");
        rig.restart();
        assertThat(rig.runtime.containerStatus(other).view().phase())
                .isEqualTo(ContainerPhase.RUNNING);
        assertThatThrownBy(() -> rig.runtime.containerStatus(victim))
                .isInstanceOf(CarafeException.NotFound.class);
        FakeNode.eventually(() -> !rig.node.images().snapshots().contains(victim));
        assertThat(names(directory)).singleElement().asString().contains("damaged");
        // Its name is free again.
        rig.create(pod, "victim");
    }

    @Test
    void noFlippedBitOrCutStopsTheStart() throws Exception {
        String pod = rig.runPod("web");
        String other = rig.createAndStart(pod, "other");
        String victim = rig.createAndStart(pod, "victim");
        Path record = rig.node.root().resolve("containers").resolve(victim).resolve("record.json");
        byte[] whole = Files.readAllBytes(record);
        Random random = new Random(7);
        for (int i = 0; i < 50; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            boolean cuts = i % 2 == 0;
            Files.write(
                    record, cuts ? Arrays.copyOf(whole, random.nextInt(whole.length)) : damaged);
            RecordStore<ContainerRecord> store =
                    RecordStore.containers(rig.node.root(), new DiskFiles());
            assertThat(store.load()).extracting(ContainerRecord::id).containsExactly(other);
        }
    }

    @Test
    void aDaemonThatDiedAtAnyStepLeavesALegalState() {
        for (String step : STEPS) {
            RuntimeRig each = new RuntimeRig(base.resolve(step));
            each.runtime.recover();
            dieAt(each, step);
            each.restart();
            assertThat(each.runtime.listContainers(ContainerFilter.ALL))
                    .as(step)
                    .allSatisfy(container ->
                            assertThat(container.phase()).isNotEqualTo(ContainerPhase.UNKNOWN));
            each.runtime
                    .listSandboxes(SandboxFilter.ALL)
                    .forEach(pod -> each.runtime.removeSandbox(pod.id()));
            FakeNode.eventually(() -> each.leftovers().isEmpty());
        }
    }

    @Test
    void aNameIsKeptOverARestart() {
        String pod = rig.runPod("web");
        rig.createAndStart(pod, "app");
        rig.restart();
        assertThatThrownBy(() -> rig.runPod("web")).isInstanceOf(CarafeException.Exists.class);
        assertThatThrownBy(() -> rig.create(pod, "app")).isInstanceOf(CarafeException.Exists.class);
    }

    private static final List<String> STEPS =
            List.of(
                    "pod.run.record",
                    "pod.run.bundle",
                    "pod.run.holder",
                    "pod.run.files",
                    "pod.run.cgroup",
                    "pod.run.network",
                    "pod.run.ready",
                    "container.create.directory",
                    "container.create.rootfs",
                    "container.create.config",
                    "container.create.cgroup",
                    "container.create.bundle",
                    "container.create.shim",
                    "container.create.record",
                    "container.start.shim",
                    "container.start.record",
                    "container.stop.signal",
                    "container.exit.record",
                    "pod.stop.mark",
                    "pod.stop.released",
                    "pod.stop.record",
                    "container.end.shim",
                    "container.end.cgroup",
                    "container.end.rootfs",
                    "container.remove.record",
                    "pod.remove.cgroup",
                    "pod.remove.directory",
                    "pod.remove.record");

    /** Drives a whole life on a thread that stops for ever at the step, like a daemon that died. */
    private static void dieAt(RuntimeRig rig, String fatal) {
        CountDownLatch died = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        rig.node.setSteps(step -> {
            if (step.equals(fatal)) {
                rig.node.network().attachNobody();
                died.countDown();
                awaitForever(never);
            }
        });
        Thread.ofVirtual()
                .start(() -> {
                    String pod = rig.runPod("web");
                    String id = rig.createAndStart(pod, "app");
                    rig.runtime.stopContainer(id, Duration.ofSeconds(1));
                    rig.runtime.removeSandbox(pod);
                });
        awaitForever(died);
        rig.node.setSteps(Steps.NONE);
    }

    private static void awaitForever(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitPhase(String id, ContainerPhase phase) {
        FakeNode.eventually(() -> rig.runtime.containerStatus(id).view().phase() == phase);
    }

    private static List<Path> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
