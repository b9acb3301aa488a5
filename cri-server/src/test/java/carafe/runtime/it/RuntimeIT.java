package carafe.runtime.it;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.Steps;
import carafe.linux.SyscallException;
import carafe.runtime.CarafeRuntime;
import carafe.runtime.Requests;
import carafe.runtime.api.Caller;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerMetadata;
import carafe.runtime.api.ContainerPhase;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.ContainerStatus;
import carafe.runtime.api.ExecSyncResult;
import carafe.runtime.api.Resources;
import carafe.runtime.api.RuntimeCondition;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.fake.FakeNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Needs root; works with directories and cgroups of its own and without a network. */
class RuntimeIT {
    @TempDir private Path base;
    private RealNode node;
    private CarafeRuntime runtime;

    @BeforeEach
    void start() throws IOException, SyscallException {
        Assumptions.assumeTrue(
                System.getProperty("user.name").equals("root"), "needs root for namespaces");
        Assumptions.assumeTrue(Files.isExecutable(BusyboxImages.BUSYBOX), "needs busybox-static");
        node = new RealNode(base.toRealPath());
        runtime = node.daemon();
    }

    @AfterEach
    void end() {
        runtime.listSandboxes(SandboxFilter.ALL).forEach(each -> runtime.removeSandbox(each.id()));
        node.close();
    }

    @Test
    void aPodLivesAndLeavesNothing() throws Exception {
        assertThat(runtime.conditions().getFirst())
                .isEqualTo(new RuntimeCondition("RuntimeReady", true, "", ""));
        String pod = runPod();
        String id = create(pod, "app", "echo one; echo two >&2; sleep 1000");
        runtime.startContainer(id);
        FakeNode.eventually(() -> log("app").contains("two"));
        assertThat(log("app")).contains(" stdout F one\n").contains(" stderr F two\n");
        ExecSyncResult exec =
                runtime.execSync(
                        id, List.of("sh", "-c", "echo out; exit 5"), Duration.ofSeconds(10));
        assertThat(exec.exitCode()).isEqualTo(5);
        assertThat(new String(exec.stdout().getFirst(), StandardCharsets.UTF_8)).isEqualTo("out\n");
        runtime.stopContainer(id, Duration.ofMillis(100));
        assertThat(runtime.containerStatus(id).exitCode()).isEqualTo(137);
        runtime.removeContainer(id);
        runtime.removeSandbox(pod);
        assertThat(node.leftovers()).isEmpty();
    }

    @Test
    void exitsWhileTheDaemonWasDownAreExact() throws Exception {
        String pod = runPod();
        String seven = create(pod, "seven", "sleep 0.3; exit 7");
        String killed = create(pod, "killed", "sleep 1000");
        String running = create(pod, "running", "sleep 1000");
        for (String each : List.of(seven, killed, running)) {
            runtime.startContainer(each);
        }
        int init = runtime.containerDetails(killed).pid();
        node.die();
        assertThat(ProcessHandle.of(init).orElseThrow().destroyForcibly()).isTrue();
        FakeNode.eventually(() -> exitRecord(seven) && exitRecord(killed));
        runtime = node.daemon();
        assertThat(runtime.containerStatus(seven).exitCode()).isEqualTo(7);
        assertThat(runtime.containerStatus(seven).reason()).isEqualTo("Error");
        assertThat(runtime.containerStatus(killed).exitCode()).isEqualTo(137);
        assertThat(runtime.containerStatus(running).view().phase())
                .isEqualTo(ContainerPhase.RUNNING);
        runtime.removeSandbox(pod);
        assertThat(node.leftovers()).isEmpty();
    }

    @Test
    void aContainerThatTakesTooMuchMemoryIsNamedSo() throws Exception {
        String pod = runPod();
        String id =
                runtime.createContainer(
                        pod,
                        spec(
                                "hungry",
                                "exec busybox tail -c 100000000 /dev/zero",
                                new Resources(0, 0, 0, 16 << 20, 0, "", "", Map.of(), Map.of(), 0)),
                        Caller.PATIENT);
        runtime.startContainer(id);
        FakeNode.eventually(
                () -> runtime.containerStatus(id).view().phase() == ContainerPhase.EXITED);
        ContainerStatus status = runtime.containerStatus(id);
        assertThat(status.reason()).isEqualTo("OOMKilled");
        assertThat(status.exitCode()).isEqualTo(137);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
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
                "container.end.shim",
                "container.end.cgroup",
                "container.end.rootfs",
                "container.remove.record",
                "pod.stop.mark",
                "pod.stop.released",
                "pod.stop.record",
                "pod.remove.cgroup",
                "pod.remove.directory",
                "pod.remove.record"
            })
    void aDaemonThatDiedThereLeavesWhatTheNextOneCanRemove(String step) throws Exception {
        dieAt(step);
        runtime = node.daemon();
        assertThat(runtime.listContainers(ContainerFilter.ALL))
                .allSatisfy(each -> assertThat(each.phase()).isNotEqualTo(ContainerPhase.UNKNOWN));
        runtime.listSandboxes(SandboxFilter.ALL)
                .forEach(each -> {
                    runtime.stopSandbox(each.id());
                    runtime.removeSandbox(each.id());
                });
        try {
            FakeNode.eventually(() -> node.leftovers().isEmpty());
        } finally {
            assertThat(node.leftovers()).isEmpty();
        }
    }

    /** A whole life on a thread that stands still for ever at the step. */
    private void dieAt(String fatal) throws InterruptedException {
        CountDownLatch died = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        node.setSteps(step -> {
            if (step.equals(fatal)) {
                died.countDown();
                standStill(never);
            }
        });
        CarafeRuntime doomed = runtime;
        Thread.ofVirtual()
                .start(() -> {
                    String pod = runPod(doomed);
                    String id = create(doomed, pod, "app", "sleep 1000");
                    doomed.startContainer(id);
                    doomed.stopContainer(id, Duration.ofMillis(10));
                    doomed.removeSandbox(pod);
                });
        assertThat(died.await(30, TimeUnit.SECONDS)).as(fatal).isTrue();
        node.die();
        node.setSteps(Steps.NONE);
    }

    private static void standStill(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String runPod() {
        return runPod(runtime);
    }

    private String runPod(CarafeRuntime on) {
        return on.runSandbox(Requests.pod("web", node.logs()), Caller.PATIENT);
    }

    private String create(String pod, String name, String script) {
        return create(runtime, pod, name, script);
    }

    private static String create(CarafeRuntime on, String pod, String name, String script) {
        return on.createContainer(pod, spec(name, script), Caller.PATIENT);
    }

    /** A container of a shell script. */
    static ContainerSpec spec(String name, String script) {
        return spec(name, script, Resources.NONE);
    }

    private static ContainerSpec spec(String name, String script, Resources limits) {
        ContainerSpec plain = Requests.container(name);
        return new ContainerSpec(
                new ContainerMetadata(name, 0),
                plain.image(),
                List.of(),
                List.of(script),
                "",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                name + ".log",
                ContainerSpec.Stdio.NONE,
                limits,
                ContainerSecurity.NONE,
                null);
    }

    private String log(String name) {
        try {
            return Files.readString(node.logs().resolve(name + ".log"));
        } catch (IOException e) {
            return "";
        }
    }

    private boolean exitRecord(String id) {
        return Files.exists(node.state().resolve("containers").resolve(id).resolve("exit"));
    }
}
