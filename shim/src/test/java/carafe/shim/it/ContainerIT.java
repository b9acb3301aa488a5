package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private TestFiles files;
    private ShimBundle bundle;

    @BeforeEach
    void makeBundle() throws IOException {
        files = TestFiles.make();
        bundle = ShimBundle.in(files);
    }

    @AfterEach
    void deleteBundle() throws IOException {
        bundle.close();
        files.close();
    }

    private static Reply.Failed failed(Message message) {
        assertThat(message).isInstanceOf(Reply.Failed.class);
        return (Reply.Failed) message;
    }

    private Reply.State state() throws IOException {
        return (Reply.State) bundle.ask(new Request.State());
    }

    @ParameterizedTest
    @CsvSource({"exit 0, 0, 0", "exit 7, 7, 0", "exit 255, 255, 0"})
    void theExitCodeIsRecorded(String script, int code, int signal) throws IOException {
        bundle.runningScript("echo out; echo err >&2; " + script);

        ExitFile exit = bundle.awaitExit();

        assertThat(exit.code()).isEqualTo(code);
        assertThat(exit.signal()).isEqualTo(signal);
        assertThat(exit.oomKilled()).isFalse();
        assertThat(exit.startedAtNanos()).isPositive().isLessThan(exit.finishedAtNanos());
        assertThat(bundle.logText())
                .containsPattern("(?m)^\\S+Z stdout F out$")
                .containsPattern("(?m)^\\S+Z stderr F err$");
    }

    @Test
    void lifeGoesThroughItsPhases() throws IOException {
        int pid = bundle.created("/bin/sleep", "1000");

        assertThat(state().phase()).isEqualTo(Reply.Phase.CREATED);
        assertThat(state().pid()).isEqualTo(pid);
        assertThat(bundle.ask(new Request.Start())).isEqualTo(new Reply.Done());
        assertThat(state().phase()).isEqualTo(Reply.Phase.RUNNING);
        assertThat(failed(bundle.ask(new Request.Start())).step()).isEqualTo("start");
        assertThat(failed(bundle.ask(new Request.Delete())).text()).contains("runs");
        assertThat(bundle.ask(new Request.Kill(9, Request.Target.INIT)))
                .isEqualTo(new Reply.Done());

        ExitFile exit = bundle.awaitExit();
        assertThat(exit.code()).isEqualTo(137);
        assertThat(exit.signal()).isEqualTo(9);
        assertThat(bundle.path().resolve("s")).doesNotExist();
        assertThatThrownBy(() -> bundle.connect()).isInstanceOf(IOException.class);
    }

    @Test
    void aWatcherIsToldAfterTheRecordIsWritten() throws IOException {
        bundle.created("/bin/sh", "-c", "exit 3");
        try (ShimClient watcher = bundle.connect();
                ShimClient second = bundle.connect()) {
            watcher.send(new Request.Watch());
            second.send(new Request.Watch());
            assertThat(watcher.receive()).isInstanceOf(Reply.State.class);
            assertThat(second.receive()).isInstanceOf(Reply.State.class);
            bundle.ask(new Request.Start());

            Reply.Exited exited = (Reply.Exited) watcher.receive();

            ExitFile exit = bundle.exitFile();
            assertThat(exited)
                    .isEqualTo(new Reply.Exited(3, 0, false, exit.finishedAtNanos()))
                    .isEqualTo(second.receive());
            assertThat(watcher.receiveOrEnd()).isEmpty();
        }
    }

    @Test
    void aSignalReachesInit() throws IOException {
        bundle.runningScript("trap 'exit 42' TERM; echo ready; while :; do sleep 0.05; done");
        Machine.await("the trap is set", PATIENCE, this::logHasText);

        assertThat(bundle.ask(new Request.Kill(15, Request.Target.INIT)))
                .isEqualTo(new Reply.Done());

        assertThat(bundle.awaitExit().code()).isEqualTo(42);
    }

    private boolean logHasText() {
        try {
            return !bundle.logText().isEmpty();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatCannotBeExecutedIsAStartError() throws IOException {
        bundle.created("/bin/nothing-here");

        Reply.Failed failed = failed(bundle.ask(new Request.Start()));

        assertThat(failed.errno()).isEqualTo(2);
        assertThat(failed.text()).contains("/bin/nothing-here");
        ExitFile exit = bundle.awaitExit();
        assertThat(exit.code()).isEqualTo(128);
        assertThat(exit.startError()).contains("/bin/nothing-here");
        assertThat(exit.startedAtNanos()).isZero();
    }

    @Test
    void aCreatedContainerCanBeDeleted() throws IOException {
        int pid = bundle.created("/bin/sleep", "1000");
        long control = bundle.controlPid();

        assertThat(bundle.ask(new Request.Delete())).isEqualTo(new Reply.Done());

        Machine.await("nothing is left", PATIENCE, () -> !Machine.isAlive(control));
        assertThat(Machine.isAlive(pid)).isFalse();
        assertThat(bundle.path().resolve("s")).doesNotExist();
    }

    @Test
    void nothingIsLeftOfAContainerThatCannotBeMade() throws IOException {
        Files.delete(files.rootfs().resolve("bin/busybox"));
        bundle.with("\"seccompFile\":\"/nothing/here\"");

        Reply.Failed failed = failed(bundle.create("/bin/sh"));

        assertThat(failed.step()).isNotEmpty();
        assertThat(bundle.path().resolve("s")).doesNotExist();
        assertThat(bundle.path().resolve("exit")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"config.json, {", "shim.json, {\"version\":2}", "shim.json, []"})
    void aDamagedBundleIsNamed(String file, String content) throws IOException {
        bundle.write("/bin/sh");
        Files.writeString(bundle.path().resolve(file), content);

        Process launcher = bundle.launch();
        byte[] frame = launcher.getInputStream().readAllBytes();

        assertThat(new String(frame, java.nio.charset.StandardCharsets.UTF_8))
                .contains("bundle.read");
    }

    /** Between the create and its answer the one who asked goes away. */
    @Test
    void aContainerNobodyAsksForIsGivenUp() throws IOException {
        bundle.write("/bin/sleep", "1000");
        Process launcher = bundle.launch();
        launcher.getInputStream().close();

        Path socket = bundle.path().resolve("s");
        Machine.await("the launcher has ended", PATIENCE, () -> !launcher.isAlive());
        Machine.await("the shim has given up", PATIENCE, () -> !Files.exists(socket));
        assertThat(socket).doesNotExist();
    }

    /** Without a PID namespace the kernel does not end what init leaves behind. */
    @Test
    void leftoversAreKilledThroughTheCgroup() throws IOException {
        Path cgroup = TestCgroup.make();
        try {
            bundle.withHostPids()
                    .with("\"cgroups\":{\"unified\":" + ShimBundle.quote(cgroup.toString()) + "}");
            bundle.runningScript("sleep 1000 >/dev/null 2>&1 & echo $!; exit 4");

            assertThat(bundle.awaitExit().code()).isEqualTo(4);

            Machine.await("the cgroup is empty", PATIENCE, () -> TestCgroup.isEmpty(cgroup));
        } finally {
            TestCgroup.delete(cgroup);
        }
    }

    @Test
    void whoDoesNotSpeakTheProtocolIsHungUpOn() throws IOException {
        bundle.created("/bin/sleep", "1000");
        try (ShimClient client = bundle.connect()) {
            client.sendRaw(new byte[] {-1, -1, -1, -1, 1, 1});
            assertThat(failed(client.receive()).step()).isEqualTo("request");
            assertThat(client.receiveOrEnd()).isEmpty();
        }
        try (ShimClient client = bundle.connect()) {
            client.send(new Request.Stdin(new byte[40]));
            assertThat(failed(client.receive()).step()).isEqualTo("request");
        }
        assertThat(state().phase()).isEqualTo(Reply.Phase.CREATED);
    }

    /** Connections that say nothing take places; who has something to say waits for one. */
    @Test
    void silentConnectionsDoNotKeepOthersOutForEver() throws IOException {
        bundle.created("/bin/sleep", "1000");
        ShimClient[] silent = new ShimClient[40];
        for (int i = 0; i < silent.length; i++) {
            silent[i] = bundle.connect();
        }
        assertThat(state().phase()).isEqualTo(Reply.Phase.CREATED);
        for (ShimClient client : silent) {
            client.close();
        }
    }

    @Test
    void connectingToAContainerThatIsGoneFailsAtOnce() throws IOException {
        bundle.runningScript("exit 0");
        bundle.awaitExit();

        assertThatThrownBy(() -> bundle.ask(new Request.State()))
                .isInstanceOfAny(ConnectException.class, IOException.class);
    }

    /** Two thousand would take long; what is lost once in a hundred shows here too. */
    @Test
    void shortLivesLeaveTheirCodeAndLog() throws IOException {
        for (int i = 0; i < 60; i++) {
            try (ShimBundle brief = ShimBundle.in(files)) {
                brief.runningScript("echo number " + i + "; exit " + i);
                assertThat(brief.awaitExit().code()).isEqualTo(i);
                assertThat(brief.logText()).endsWith("stdout F number " + i + "\n");
            }
        }
    }
}
