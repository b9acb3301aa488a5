package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.Caller;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerPhase;
import carafe.runtime.api.ContainerStatus;
import carafe.runtime.api.ContainerView;
import carafe.runtime.api.ExecSyncResult;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxState;
import carafe.runtime.api.SandboxStatus;
import carafe.runtime.fake.FakeImages;
import carafe.runtime.fake.FakeNode;
import carafe.runtime.port.ContainerShim.ExecEnd;
import carafe.runtime.port.ContainerShim.Stream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifeCycleTest {
    @TempDir private Path base;
    private RuntimeRig rig;

    @BeforeEach
    void start() {
        rig = new RuntimeRig(base);
        rig.runtime.recover();
    }

    @Test
    void aPodLivesAndLeavesNothing() throws Exception {
        String pod = rig.runPod("web");
        SandboxStatus status = rig.runtime.sandboxStatus(pod);
        assertThat(status.view().state()).isEqualTo(SandboxState.READY);
        assertThat(status.view().annotations()).containsEntry("note", "kept");
        assertThat(status.addresses()).containsExactly("10.88.0.7", "fd00::7");
        Path files = rig.node.state().resolve("pods").resolve(pod).resolve("mem");
        assertThat(Files.readString(files.resolve("hosts"))).contains("10.88.0.7\tweb");
        assertThat(Files.readString(files.resolve("resolv.conf"))).contains("192.0.2.1");

        String id = rig.create(pod, "app");
        assertThat(rig.runtime.containerStatus(id).view().phase())
                .isEqualTo(ContainerPhase.CREATED);
        rig.runtime.startContainer(id);
        assertThat(rig.runtime.containerStatus(id).view().phase())
                .isEqualTo(ContainerPhase.RUNNING);
        assertThat(rig.runtime.containerStatus(id).logPath())
                .isEqualTo(rig.node.logs().resolve("app/0.log").toString());

        rig.runtime.stopContainer(id, Duration.ofSeconds(30));
        ContainerStatus ended = rig.runtime.containerStatus(id);
        assertThat(ended.exitCode()).isEqualTo(128 + 3);
        assertThat(ended.stopSignal().name()).isEqualTo("SIGQUIT");
        assertThat(ended.reason()).isEqualTo("Error");
        assertThat(ended.startedAtNanos()).isPositive();

        rig.runtime.removeContainer(id);
        rig.runtime.stopSandbox(pod);
        assertThat(rig.runtime.sandboxStatus(pod).view().state()).isEqualTo(SandboxState.NOT_READY);
        rig.runtime.removeSandbox(pod);
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void removingAPodTakesItsContainersAlong() {
        String pod = rig.runPod("web");
        rig.createAndStart(pod, "running");
        rig.create(pod, "created");
        String ended = rig.createAndStart(pod, "ended");
        rig.node.shim(ended).exit(0);
        rig.runtime.removeSandbox(pod);
        assertThat(rig.leftovers()).isEmpty();
        assertThat(rig.runtime.listContainers(ContainerFilter.ALL)).isEmpty();
    }

    @Test
    void stopAndRemoveAreIdempotent() {
        String pod = rig.runPod("web");
        String id = rig.createAndStart(pod, "app");
        for (int i = 0; i < 3; i++) {
            rig.runtime.stopContainer(id, Duration.ZERO);
        }
        for (int i = 0; i < 3; i++) {
            rig.runtime.removeContainer(id);
            rig.runtime.stopSandbox(pod);
        }
        for (int i = 0; i < 3; i++) {
            rig.runtime.removeSandbox(pod);
            rig.runtime.stopSandbox(pod);
        }
        rig.runtime.removeContainer("ab".repeat(32));
        rig.runtime.stopContainer("ab".repeat(32), Duration.ZERO);
        rig.runtime.stopSandbox("ab".repeat(32));
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void exitCodesAndReasonsAreThoseOfTheShim() {
        String pod = rig.runPod("web");
        String zero = rig.createAndStart(pod, "zero");
        String seven = rig.createAndStart(pod, "seven");
        String hungry = rig.createAndStart(pod, "hungry");
        rig.node.shim(zero).exit(0);
        rig.node.shim(seven).exit(7);
        rig.node.shim(hungry).oom();
        awaitEnd(zero, seven, hungry);
        assertThat(rig.runtime.containerStatus(zero).reason()).isEqualTo("Completed");
        assertThat(rig.runtime.containerStatus(seven).exitCode()).isEqualTo(7);
        assertThat(rig.runtime.containerStatus(seven).reason()).isEqualTo("Error");
        assertThat(rig.runtime.containerStatus(hungry).exitCode()).isEqualTo(137);
        assertThat(rig.runtime.containerStatus(hungry).reason()).isEqualTo("OOMKilled");
    }

    @Test
    void aShimThatDiesTakesItsContainerAlong() {
        String pod = rig.runPod("web");
        String id = rig.createAndStart(pod, "app");
        rig.node.shim(id).die();
        awaitEnd(id);
        assertThat(rig.runtime.containerStatus(id).exitCode()).isEqualTo(255);
        assertThat(rig.runtime.containerStatus(id).reason()).isEqualTo("Unknown");
        assertThat(rig.node.cgroups().killed()).contains("/carafe/" + pod + "/" + id);
        rig.runtime.removeSandbox(pod);
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void aCommandThatIsNotThereIsAStartError() {
        String pod = rig.runPod("web");
        String id = rig.create(pod, "app");
        rig.node.shim(id).failStart("/entry");
        assertThatThrownBy(() -> rig.runtime.startContainer(id))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("/entry: no such file or directory");
        ContainerStatus status = rig.runtime.containerStatus(id);
        assertThat(status.exitCode()).isEqualTo(128);
        assertThat(status.reason()).isEqualTo("StartError");
        assertThat(status.message()).contains("/entry");
        rig.runtime.removeSandbox(pod);
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void aContainerStartsOnce() {
        String id = rig.createAndStart(rig.runPod("web"), "app");
        assertThatThrownBy(() -> rig.runtime.startContainer(id))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("runs already");
    }

    @Test
    void aStoppedPodTakesNoContainer() {
        String pod = rig.runPod("web");
        rig.runtime.stopSandbox(pod);
        assertThatThrownBy(() -> rig.create(pod, "late"))
                .isInstanceOf(CarafeException.Precondition.class);
        assertThat(rig.node.images().snapshots()).isEmpty();
    }

    @Test
    void aPodWhoseHolderEndsIsNotReady() {
        String pod = rig.runPod("web");
        rig.node.processes().alive().forEach(rig.node.processes()::end);
        FakeNode.eventually(
                () -> rig.runtime.sandboxStatus(pod).view().state() == SandboxState.NOT_READY);
        rig.runtime.removeSandbox(pod);
        assertThat(rig.node.network().detached()).hasSize(1);
        assertThat(rig.node.network().detached().getFirst().netns()).isEmpty();
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void aPodOfTheNodeIsNotAttached() {
        String pod =
                rig.runtime.runSandbox(Requests.podOfNode("host", rig.node.logs()), Caller.PATIENT);
        assertThat(rig.node.network().attached()).isEmpty();
        assertThat(rig.runtime.sandboxStatus(pod).addresses()).isEmpty();
        rig.runtime.removeSandbox(pod);
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void aNetworkThatCannotBeGivenBackIsTriedAgain() {
        String pod = rig.runPod("web");
        rig.node.network().setBroken(true);
        assertThatThrownBy(() -> rig.runtime.removeSandbox(pod))
                .isInstanceOf(CarafeException.Unavailable.class);
        assertThat(rig.runtime.sandboxStatus(pod).view().state()).isEqualTo(SandboxState.NOT_READY);
        rig.node.network().setBroken(false);
        rig.runtime.removeSandbox(pod);
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void execGivesOutputAndCode() {
        String id = rig.createAndStart(rig.runPod("web"), "app");
        rig.node
                .shims()
                .setExecs((call, sink) -> {
                    assertThat(new String(call.args()[0], StandardCharsets.UTF_8)).isEqualTo("sh");
                    assertThat(new String(call.process(), StandardCharsets.UTF_8))
                            .doesNotContain("\"args\"", "\"env\"", "\"cwd\"")
                            .contains("\"capabilities\"");
                    assertThat(new String(call.cwd(), StandardCharsets.UTF_8)).isEqualTo("/work");
                    sink.output(Stream.STDOUT, "out".getBytes(StandardCharsets.UTF_8), 0, 3);
                    sink.output(Stream.STDERR, "err".getBytes(StandardCharsets.UTF_8), 0, 3);
                    return new ExecEnd(3, false);
                });
        ExecSyncResult result = rig.runtime.execSync(id, List.of("sh"), Duration.ofSeconds(1));
        assertThat(new String(result.stdout().getFirst(), StandardCharsets.UTF_8)).isEqualTo("out");
        assertThat(new String(result.stderr().getFirst(), StandardCharsets.UTF_8)).isEqualTo("err");
        assertThat(result.exitCode()).isEqualTo(3);
    }

    @Test
    void execThatTakesTooLongIsADeadline() {
        String id = rig.createAndStart(rig.runPod("web"), "app");
        rig.node.shims().setExecs((_, _) -> new ExecEnd(137, true));
        assertThatThrownBy(() -> rig.runtime.execSync(id, List.of("sleep"), Duration.ofSeconds(1)))
                .isInstanceOf(CarafeException.Deadline.class);
    }

    @Test
    void execAndReopenNeedARunningContainer() {
        String id = rig.create(rig.runPod("web"), "app");
        assertThatThrownBy(() -> rig.runtime.execSync(id, List.of("x"), Duration.ZERO))
                .isInstanceOf(CarafeException.Precondition.class);
        assertThatThrownBy(() -> rig.runtime.reopenLog(id))
                .isInstanceOf(CarafeException.Precondition.class);
        rig.runtime.startContainer(id);
        rig.runtime.reopenLog(id);
        assertThat(rig.node.shim(id).reopened()).isEqualTo(1);
    }

    @Test
    void listsAreFiltered() {
        String web = rig.runPod("web");
        String db = rig.runPod("db");
        String app = rig.createAndStart(web, "app");
        rig.create(db, "store");
        rig.runtime.stopSandbox(db);
        assertThat(rig.runtime.listSandboxes(SandboxFilter.ALL)).hasSize(2);
        assertThat(
                        rig.runtime.listSandboxes(
                                new SandboxFilter("", SandboxState.READY, Map.of("app", "web"))))
                .singleElement()
                .satisfies(each -> assertThat(each.id()).isEqualTo(web));
        assertThat(
                        rig.runtime.listSandboxes(
                                new SandboxFilter("", SandboxState.READY, Map.of("app", "db"))))
                .isEmpty();
        assertThat(
                        rig.runtime.listContainers(
                                new ContainerFilter(app.substring(0, 12), "", null, Map.of())))
                .hasSize(1);
        assertThat(
                        rig.runtime.listContainers(
                                new ContainerFilter("", db, ContainerPhase.EXITED, Map.of())))
                .extracting(ContainerView::metadata)
                .hasSize(1);
    }

    @Test
    void anUnknownImageLeavesNothing() {
        String pod = rig.runPod("web");
        rig.runtime.removeSandbox(pod);
        assertThatThrownBy(() -> rig.runtime.containerStatus("nope"))
                .isInstanceOf(CarafeException.NotFound.class);
        assertThat(rig.leftovers()).isEmpty();
    }

    @Test
    void imageReferencesAreThoseOfTheImage() {
        String id = rig.create(rig.runPod("web"), "app");
        ContainerView view = rig.runtime.containerStatus(id).view();
        assertThat(view.imageId()).isEqualTo(FakeImages.ID);
        assertThat(view.imageRef()).startsWith("docker.io/library/demo@sha256:");
        assertThat(view.image().userSpecified()).isEqualTo("demo:1");
    }

    private void awaitEnd(String... ids) {
        for (String each : ids) {
            FakeNode.eventually(() ->
                    rig.runtime.containerStatus(each).view().phase() == ContainerPhase.EXITED);
        }
    }
}
