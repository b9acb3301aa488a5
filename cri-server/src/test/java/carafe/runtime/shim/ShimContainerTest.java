package carafe.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.linux.Errno;
import carafe.linux.PidIdentity;
import carafe.linux.Processes;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShimContainerTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(20);

    @TempDir private Path directory;
    private ShimFixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = new ShimFixture(directory);
    }

    @AfterEach
    void tearDown() {
        fixture.close();
    }

    private static Reply.State state(Reply.Phase phase) {
        return new Reply.State(phase, 77, 5, 12);
    }

    private FakeShim shim(FakeShim.Script script) throws Exception {
        return FakeShim.in(fixture.bundle(), script);
    }

    @Test
    void phasesBecomeStates() throws Exception {
        ContainerHandle container = fixture.livingContainer();
        try (FakeShim _ = shim((_, peer) -> peer.send(state(Reply.Phase.CREATED)))) {
            assertThat(container.state(LONG)).isEqualTo(new ShimState.Created());
        }
        Files.delete(fixture.bundle().resolve("s"));
        try (FakeShim _ = shim((_, peer) -> peer.send(state(Reply.Phase.RUNNING)))) {
            assertThat(container.state(LONG)).isEqualTo(new ShimState.Running(12));
        }
    }

    @Test
    void anEndedContainersStateWaitsForItsRecord() throws Exception {
        ContainerHandle container = fixture.livingContainer();
        FakeShim.Script drains =
                (_, peer) -> {
                    peer.send(state(Reply.Phase.EXITED));
                    fixture.writeExit(7);
                    peer.send(new Reply.Exited(7, 0, false, 1));
                };
        try (FakeShim _ = shim(drains)) {
            assertThat(container.state(LONG))
                    .isEqualTo(
                            new ShimState.Exited(
                                    new ExitRecord.Known(
                                            7,
                                            0,
                                            false,
                                            0,
                                            Instant.ofEpochSecond(1_700_000_000, 1),
                                            "",
                                            3)));
        }
    }

    @Test
    void theDiskAnswersForADeadShim() throws Exception {
        ContainerHandle container = fixture.deadContainer();
        fixture.writeExit(3);
        assertThat(container.state(SHORT))
                .isInstanceOfSatisfying(
                        ShimState.Exited.class, e -> assertThat(e.exit().code()).isEqualTo(3));
    }

    @Test
    void aShimThatDiedWithoutARecordIsUnknown() throws Exception {
        ContainerHandle container = fixture.deadContainer();
        Files.writeString(fixture.bundle().resolve("shim.log"), "control: out of luck\n");
        assertThat(container.state(SHORT))
                .isInstanceOfSatisfying(
                        ShimState.Exited.class,
                        e -> {
                            assertThat(e.exit().code()).isEqualTo(255);
                            assertThat(e.exit().toString()).contains("out of luck");
                        });
    }

    @Test
    void aSilentShimCostsTheDeadlineOnly() throws Exception {
        ContainerHandle container = fixture.livingContainer();
        try (FakeShim _ = shim((_, peer) -> peer.awaitHangup())) {
            assertThatThrownBy(() -> container.state(SHORT))
                    .isInstanceOf(CarafeException.Deadline.class)
                    .hasMessageContaining("c0ffee");
        }
    }

    @Test
    void aLivingShimThatDoesNotListenIsNotTakenForDead() throws Exception {
        assertThatThrownBy(() -> fixture.livingContainer().state(SHORT))
                .isInstanceOf(CarafeException.Deadline.class)
                .hasMessageContaining("does not listen");
    }

    @Test
    void aDifferentProtocolIsNamed() throws Exception {
        ContainerHandle container = fixture.livingContainer();
        byte[] version9 = {0, 0, 0, 2, 9, 1};
        try (FakeShim _ = shim((_, peer) -> peer.sendRaw(version9))) {
            assertThatThrownBy(() -> container.start(LONG))
                    .isInstanceOf(CarafeException.Internal.class)
                    .hasMessageContaining("another protocol");
        }
    }

    @Test
    void aCommandThatIsNotThereIsTheCallersFaultAndNamed() throws Exception {
        ContainerHandle container = fixture.livingContainer();
        Reply.Failed failed =
                new Reply.Failed("process.exec", "/nope", Errno.ENOENT, "exec: /nope: not found");
        FakeShim.Script fails =
                (request, peer) -> {
                    if (request instanceof Request.Start) {
                        peer.send(failed);
                    } else {
                        peer.send(state(Reply.Phase.CREATED));
                        fixture.writeExit(128);
                        peer.send(new Reply.Exited(128, 0, false, 1));
                    }
                };
        try (FakeShim _ = shim(fails)) {
            assertThatThrownBy(() -> container.start(LONG))
                    .isInstanceOf(CarafeException.Invalid.class)
                    .hasMessage(
                            "start container c0ffee: exec: /nope: not found (step process.exec,"
                                    + " ENOENT (no such file or directory))");
        }
    }

    @Test
    void startingTwiceIsRefused() throws Exception {
        ContainerHandle container = fixture.livingContainer();
        Reply.Failed failed = new Reply.Failed("start", "", Errno.EBUSY, "it runs");
        try (FakeShim _ = shim((_, peer) -> peer.send(failed))) {
            assertThatThrownBy(() -> container.start(LONG))
                    .isInstanceOf(CarafeException.Precondition.class);
        }
    }

    @Test
    void killingWhatHasEndedIsFine() throws Exception {
        ContainerHandle container = fixture.livingContainer();
        Reply.Failed failed = new Reply.Failed("kill", "", Errno.ESRCH, "it has ended");
        try (FakeShim shim = shim((_, peer) -> peer.send(failed))) {
            container.kill(15, KillTarget.INIT, LONG);
            assertThat(shim.requests()).containsExactly(new Request.Kill(15, Request.Target.INIT));
        }
        fixture.deadContainer().kill(9, KillTarget.ALL, LONG);
    }

    @Test
    void initIsKilledEvenWithoutItsShim() throws Exception {
        Process init = ShimFixture.sleeper();
        ContainerHandle container =
                fixture.container(ShimFixture.deadProcess(), ShimFixture.identity(init));
        container.kill(9, KillTarget.INIT, LONG);
        assertThat(init.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(init.exitValue()).isEqualTo(128 + 9);
    }

    @Test
    void aWatchTellsWhatTheShimRecordedWhenInitEnds() throws Exception {
        Process init = ShimFixture.sleeper();
        ContainerHandle container =
                fixture.container(new Processes().self(), ShimFixture.identity(init));
        FakeShim.Script records =
                (_, peer) -> {
                    peer.send(state(Reply.Phase.RUNNING));
                    fixture.writeExit(4);
                    peer.send(new Reply.Exited(4, 0, false, 1));
                };
        CompletableFuture<ExitRecord> told = new CompletableFuture<>();
        try (FakeShim _ = shim(records);
                Watch _ = container.watch(told::complete)) {
            assertThat(told).isNotDone();
            init.destroyForcibly();
            assertThat(told.get(5, TimeUnit.SECONDS).code()).isEqualTo(4);
        }
        assertThat(fixture.readiness().size()).isZero();
    }

    @Test
    void aWatchTellsOfAKilledShim() throws Exception {
        Process control = ShimFixture.sleeper();
        Process init = ShimFixture.sleeper();
        ContainerHandle container =
                fixture.container(ShimFixture.identity(control), ShimFixture.identity(init));
        CompletableFuture<ExitRecord> told = new CompletableFuture<>();
        try (Watch _ = container.watch(told::complete)) {
            control.destroyForcibly();
            assertThat(told.get(5, TimeUnit.SECONDS)).isInstanceOf(ExitRecord.Unknown.class);
        }
        init.destroyForcibly();
        assertThat(fixture.readiness().size()).isZero();
    }

    @Test
    void aClosedWatchSaysNothing() throws Exception {
        Process control = ShimFixture.sleeper();
        Process init = ShimFixture.sleeper();
        ContainerHandle container =
                fixture.container(ShimFixture.identity(control), ShimFixture.identity(init));
        CompletableFuture<ExitRecord> told = new CompletableFuture<>();
        container.watch(told::complete).close();
        assertThat(fixture.readiness().size()).isZero();
        control.destroyForcibly();
        init.destroyForcibly();
        control.waitFor(5, TimeUnit.SECONDS);
        assertThat(told).isNotDone();
    }

    @Test
    void deletingADeadShimDoesNothing() throws Exception {
        ContainerHandle container = fixture.deadContainer();
        container.delete(SHORT);
        assertThat(fixture.bundle()).exists();
    }

    @Test
    void deletingWaitsForTheShimsEnd() throws Exception {
        Process control = ShimFixture.sleeper();
        PidIdentity identity = ShimFixture.identity(control);
        ContainerHandle container = fixture.container(identity, identity);
        FakeShim.Script ends =
                (_, peer) -> {
                    peer.send(new Reply.Done());
                    control.destroyForcibly();
                };
        try (FakeShim _ = shim(ends)) {
            container.delete(LONG);
        }
        // Not Process.isAlive: this JVM reaps its children a moment after the runtime sees their
        // end.
        assertThat(new Processes().alive(identity)).isFalse();
    }

    @Test
    void deletingARunningContainerIsRefused() throws Exception {
        ContainerHandle container = fixture.livingContainer();
        Reply.Failed failed = new Reply.Failed("delete", "", Errno.EBUSY, "the container runs");
        try (FakeShim _ = shim((_, peer) -> peer.send(failed))) {
            assertThatThrownBy(() -> container.delete(LONG))
                    .isInstanceOf(CarafeException.Precondition.class);
        }
    }

    @Test
    void anInterruptEndsAConversation() throws Exception {
        ContainerHandle container = fixture.livingContainer();
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        FakeShim.Script silent =
                (_, peer) -> {
                    asked.countDown();
                    peer.awaitHangup();
                };
        try (FakeShim _ = shim(silent)) {
            Thread caller =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    container.start(LONG);
                                    failure.complete(new AssertionError("no failure"));
                                } catch (CarafeException e) {
                                    failure.complete(e);
                                }
                            });
            assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
            caller.interrupt();
            assertThat(failure.get(5, TimeUnit.SECONDS))
                    .isInstanceOf(CarafeException.Deadline.class)
                    .hasMessageContaining("cancelled");
        }
    }

    @Test
    void aShimOnItsLastStepsIsAskedNoMore() throws Exception {
        Process control = ShimFixture.sleeper();
        ContainerHandle container =
                fixture.container(ShimFixture.identity(control), ShimFixture.identity(control));
        fixture.writeExit(6);
        Reply.Failed gone = new Reply.Failed("control", "", Errno.ESRCH, "it is gone");
        FakeShim.Script ends =
                (_, peer) -> {
                    peer.send(gone);
                    control.destroyForcibly();
                };
        try (FakeShim _ = shim(ends)) {
            assertThat(container.state(LONG))
                    .isInstanceOfSatisfying(
                            ShimState.Exited.class, e -> assertThat(e.exit().code()).isEqualTo(6));
            container.delete(LONG);
        }
        assertThat(control.waitFor(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aStrangersSocketIsNotBelieved() throws Exception {
        fixture.livingContainer();
        int nobody = 65534;
        try (Deadlines deadlines = new Deadlines();
                FakeShim shim = shim((_, peer) -> peer.send(new Reply.Done()))) {
            ShimTalk talk = new ShimTalk(nobody, deadlines);
            Bundle bundle = new Bundle(fixture.bundle(), new DiskFiles());
            assertThatThrownBy(() -> talk.done("start", bundle, new Request.Start(), LONG))
                    .isInstanceOf(CarafeException.Internal.class)
                    .hasMessageContaining("belongs to user");
            assertThat(shim.requests()).isEmpty();
        }
    }
}
