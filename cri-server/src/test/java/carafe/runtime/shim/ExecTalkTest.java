package carafe.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecTalkTest {
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

    private static ExecRequest request(Duration deadline) {
        return new ExecRequest(
                "{}".getBytes(StandardCharsets.UTF_8),
                List.of(bytes("true"), new byte[] {(byte) 0xff}),
                List.of(bytes("A=b")),
                bytes("/"),
                Duration.ofMillis(1500),
                Duration.ofSeconds(10),
                deadline);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Reply.Output out(Reply.Stream stream, String text) {
        return new Reply.Output(stream, bytes(text));
    }

    private ExecResult exec(FakeShim.Script script, OutputSink sink) throws Exception {
        try (FakeShim _ = FakeShim.in(fixture.bundle(), script)) {
            return fixture.livingContainer().exec(request(Duration.ofSeconds(10)), sink);
        }
    }

    @Test
    void outputComesInOrderAndBeforeTheResult() throws Exception {
        KeptOutput output = new KeptOutput();
        ExecResult result =
                exec(
                        (_, peer) -> {
                            peer.send(new Reply.ExecStarted(5));
                            peer.send(out(Reply.Stream.STDOUT, "one "));
                            peer.send(out(Reply.Stream.STDERR, "oops"));
                            peer.send(out(Reply.Stream.STDOUT, "two"));
                            peer.send(new Reply.ExecExited(3, 0, Reply.ExecEnd.DRAINED));
                        },
                        output);
        assertThat(result).isEqualTo(new ExecResult(3, 0, ExecResult.End.DRAINED));
        assertThat(new String(output.stdout(), StandardCharsets.UTF_8)).isEqualTo("one two");
        assertThat(new String(output.stderr(), StandardCharsets.UTF_8)).isEqualTo("oops");
    }

    @Test
    void theRequestCarriesBytesAndTimes() throws Exception {
        try (FakeShim shim =
                FakeShim.in(
                        fixture.bundle(),
                        (_, peer) ->
                                peer.send(new Reply.ExecExited(137, 9, Reply.ExecEnd.TIMED_OUT)))) {
            ExecResult result =
                    fixture.livingContainer()
                            .exec(request(Duration.ofSeconds(10)), OutputSink.NONE);
            assertThat(result.end()).isEqualTo(ExecResult.End.TIMED_OUT);
            assertThat(shim.requests())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Request.Exec.class,
                            exec -> {
                                assertThat(exec.args()[1]).containsExactly(0xff);
                                assertThat(exec.timeoutMillis()).isEqualTo(1500);
                                assertThat(exec.drainMillis()).isEqualTo(10_000);
                                assertThat(exec.stdin()).isFalse();
                            });
        }
    }

    @Test
    void aCommandThatCannotRunIsInvalid() {
        assertThatThrownBy(() ->
                        exec(
                                (_, peer) ->
                                        peer.send(
                                                new Reply.Failed(
                                                        "process.exec",
                                                        "nope",
                                                        Errno.EACCES,
                                                        "exec: nope: permission denied")),
                                OutputSink.NONE))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("nope: permission denied");
    }

    @Test
    void aShimThatHangsUpMeansThatTheContainerHasEnded() {
        assertThatThrownBy(() ->
                        exec((_, peer) -> peer.send(new Reply.ExecStarted(5)), OutputSink.NONE))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("has ended");
    }

    @Test
    void theDeadlineEndsItAndTheShimSeesThat() throws Exception {
        try (FakeShim shim =
                FakeShim.in(
                        fixture.bundle(),
                        (_, peer) -> {
                            peer.send(new Reply.ExecStarted(5));
                            peer.awaitHangup();
                        })) {
            ContainerHandle container = fixture.livingContainer();
            assertThatThrownBy(
                            () -> container.exec(request(Duration.ofMillis(20)), OutputSink.NONE))
                    .isInstanceOf(CarafeException.Deadline.class);
            assertThat(shim.awaitFirstEnd()).isTrue();
        }
    }

    @Test
    void aSinkThatFailsEndsTheConversation() throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        FakeShim.Script script =
                (_, peer) -> {
                    peer.send(out(Reply.Stream.STDOUT, "x"));
                    peer.awaitHangup();
                    hungUp.countDown();
                };
        assertThatThrownBy(() ->
                        exec(
                                script,
                                (_, _, _, _) -> {
                                    throw new IllegalStateException("full");
                                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(hungUp.await(5, TimeUnit.SECONDS)).isTrue();
    }
}
