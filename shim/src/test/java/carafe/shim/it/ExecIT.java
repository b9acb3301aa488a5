package carafe.shim.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExecIT {
    private static final ExecOptions PLAIN = ExecOptions.plain();

    private TestFiles files;
    private ShimBundle bundle;

    @BeforeEach
    void startContainer() throws IOException {
        files = TestFiles.make();
        bundle = ShimBundle.in(files);
        bundle.started("/bin/sleep", "100000");
    }

    @AfterEach
    void endContainer() throws IOException {
        bundle.close();
        files.close();
    }

    private ShimClient.ExecResult script(ExecOptions options, String script) throws IOException {
        return bundle.run(options, "/bin/sh", "-c", script);
    }

    private static Duration since(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** Command lines of the container's processes, seen from inside. */
    private String processes() throws IOException {
        return script(PLAIN, "ps").out();
    }

    @Test
    void outputAndCodeComeBack() throws IOException {
        ShimClient.ExecResult result = script(PLAIN, "echo out; echo err >&2; exit 3");

        assertThat(result.out()).isEqualTo("out\n");
        assertThat(result.err()).isEqualTo("err\n");
        assertThat(result.exited()).isEqualTo(new Reply.ExecExited(3, 0, Reply.ExecEnd.DRAINED));
    }

    @Test
    void aSignalIsReported() throws IOException {
        assertThat(script(PLAIN, "kill -9 $$").exited())
                .isEqualTo(new Reply.ExecExited(137, 9, Reply.ExecEnd.DRAINED));
    }

    @Test
    void whatCannotBeExecutedFails() throws IOException {
        Message last = bundle.run(PLAIN, "/bin/nothing-here").last();

        assertThat(last).isInstanceOf(Reply.Failed.class);
        assertThat(((Reply.Failed) last).errno()).isEqualTo(2);
    }

    @Test
    void anExecOfNothingButNowIsQuick() throws IOException {
        long start = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            assertThat(bundle.run(PLAIN, "/bin/true").exited().code()).isZero();
        }
        // 0.3 s on an idle machine; that an end was slept over would cost 10 s each.
        assertThat(since(start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void timeEndsTheSession() throws IOException {
        long start = System.nanoTime();

        Reply.ExecExited exited = script(PLAIN.timeout(300), "sleep 4711 & sleep 4711").exited();

        assertThat(exited).isEqualTo(new Reply.ExecExited(137, 9, Reply.ExecEnd.TIMED_OUT));
        assertThat(since(start)).isBetween(Duration.ofMillis(300), Duration.ofMillis(2300));
        assertThat(processes()).doesNotContain("4711");
    }

    /** Who has a session of its own is no longer part of the exec. */
    @Test
    void aProcessInAnotherSessionOutlivesTheTimeout() throws IOException {
        Reply.ExecExited exited =
                script(PLAIN.timeout(300), "setsid sleep 4712 & sleep 4713").exited();

        assertThat(exited.end()).isEqualTo(Reply.ExecEnd.TIMED_OUT);
        assertThat(processes()).contains("4712").doesNotContain("4713");
    }

    @Test
    void whoHoldsTheOutputDoesNotHoldTheAnswer() throws IOException {
        long start = System.nanoTime();

        ShimClient.ExecResult result = script(PLAIN.drain(400), "echo before; sleep 1000 & exit 5");

        assertThat(result.out()).isEqualTo("before\n");
        assertThat(result.exited())
                .isEqualTo(new Reply.ExecExited(5, 0, Reply.ExecEnd.OUTPUT_HELD_OPEN));
        assertThat(since(start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void withoutPatienceAllThatWasWrittenStillComes() throws IOException {
        String script = "dd if=/dev/zero bs=1024 count=60 2>/dev/null; sleep 1000 & exit 0";

        ShimClient.ExecResult result = script(PLAIN.drain(0), script);

        assertThat(result.stdout()).hasSize(60 << 10);
        assertThat(result.exited().end()).isEqualTo(Reply.ExecEnd.OUTPUT_HELD_OPEN);
    }

    @Test
    void inputGoesThroughUnchanged() throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        Random random = new Random(1);
        try (ShimClient client = bundle.exec(PLAIN.withStdin(), "/bin/sha256sum")) {
            for (int i = 0; i < 300; i++) {
                byte[] chunk = new byte[random.nextInt(64 << 10)];
                random.nextBytes(chunk);
                digest.update(chunk);
                client.send(new Request.Stdin(chunk));
            }
            client.send(new Request.StdinEnd());

            ShimClient.ExecResult result = client.finish();

            assertThat(result.out()).startsWith(HexFormat.of().formatHex(digest.digest()));
            assertThat(result.exited().code()).isZero();
        }
    }

    @Test
    void muchOutputGoesThroughUnchanged() throws IOException {
        ShimClient.ExecResult result = script(PLAIN, "seq 1 300000; seq 1 1000 >&2");

        StringBuilder expected = new StringBuilder();
        for (int i = 1; i <= 300_000; i++) {
            expected.append(i).append('\n');
        }
        assertThat(result.out()).isEqualTo(expected.toString());
        assertThat(result.err()).startsWith("1\n2\n").endsWith("\n1000\n");
    }

    @Test
    void aTerminalIsOneStreamAndHasASize() throws IOException {
        ExecOptions options = PLAIN.withStdin().withTerminal();
        try (ShimClient client = bundle.exec(options, "/bin/sh")) {
            assertThat(client.receive()).isInstanceOf(Reply.ExecStarted.class);
            client.send(new Request.Resize(132, 43));
            client.send(new Request.Stdin("stty size; exit 4\n".getBytes(UTF_8)));

            ShimClient.ExecResult result = client.finish();

            assertThat(result.out()).contains("43 132\r\n");
            assertThat(result.stderr()).isEmpty();
            assertThat(result.exited().code()).isEqualTo(4);
        }
    }

    @Test
    void abortEndsTheSession() throws IOException {
        try (ShimClient client = bundle.exec(PLAIN, "/bin/sleep", "4714")) {
            assertThat(client.receive()).isInstanceOf(Reply.ExecStarted.class);
            client.send(new Request.Abort());
            assertThat(client.finish().exited().end()).isEqualTo(Reply.ExecEnd.ABORTED);
        }
        assertThat(processes()).doesNotContain("4714");
    }

    @Test
    void aClientThatGoesAwayEndsTheSession() throws IOException {
        try (ShimClient client = bundle.exec(PLAIN, "/bin/sleep", "4715")) {
            assertThat(client.receive()).isInstanceOf(Reply.ExecStarted.class);
        }
        Machine.await(
                "the process is gone",
                Duration.ofSeconds(10),
                () -> {
                    try {
                        return !processes().contains("4715");
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    /** The process feels it as a full pipe; nobody else feels it. */
    @Test
    void aClientThatDoesNotReadHoldsUpNobodyElse() throws IOException {
        try (ShimClient lazy = bundle.exec(PLAIN, "/bin/yes")) {
            assertThat(lazy.receive()).isInstanceOf(Reply.ExecStarted.class);
            Machine.pause(Duration.ofMillis(300));
            long control = bundle.controlPid();
            long before = Machine.cpuTicks(control);

            assertThat(script(PLAIN, "echo hi").out()).isEqualTo("hi\n");
            Machine.pause(Duration.ofSeconds(1));

            assertThat(Machine.cpuTicks(control) - before).isLessThan(20);
            long start = System.nanoTime();
            bundle.ask(new Request.Kill(9, Request.Target.ALL));
            bundle.awaitExit();
            assertThat(since(start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void manyExecsAtATimeAllEndWell() throws Exception {
        List<Future<ShimClient.ExecResult>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                String script = "echo " + i + "; exit " + i;
                results.add(threads.submit(() -> script(PLAIN, script)));
            }
            check(results);
        }
        long control = bundle.controlPid();
        assertThat(Machine.childrenOf(control)).as("the pump and init").hasSize(2);
    }

    private static void check(List<Future<ShimClient.ExecResult>> results)
            throws InterruptedException, ExecutionException {
        for (int i = 0; i < results.size(); i++) {
            ShimClient.ExecResult result = results.get(i).get();
            assertThat(result.out()).isEqualTo(i + "\n");
            assertThat(result.exited().code()).isEqualTo(i);
        }
    }

    @Test
    void anExecEndsWithItsContainer() throws IOException {
        try (ShimClient client = bundle.exec(PLAIN, "/bin/sleep", "4716")) {
            assertThat(client.receive()).isInstanceOf(Reply.ExecStarted.class);
            bundle.ask(new Request.Kill(9, Request.Target.INIT));

            assertThat(client.finish().exited().code()).isEqualTo(137);
        }
        assertThat(bundle.awaitExit().code()).isEqualTo(137);
    }

    @Test
    void beforeTheStartThereIsNoExec() throws IOException {
        try (ShimBundle created = ShimBundle.in(files)) {
            created.created("/bin/sleep", "1000");

            Message last = created.run(PLAIN, "/bin/true").last();

            assertThat(last).isInstanceOf(Reply.Failed.class);
            assertThat(((Reply.Failed) last).text()).contains("not running");
        }
    }

    /**
     * The collector lost objects when it looked at young ones only: after some hundred of these.
     */
    @Test
    void executionsThatEndBadlyAreNeverTooMany() throws IOException {
        for (int i = 0; i < 1500; i++) {
            try (ShimClient left = bundle.exec(PLAIN.withStdin(), "/bin/sleep", "4321")) {
                assertThat(left.receive()).isInstanceOf(Reply.ExecStarted.class);
            }
            try (ShimClient missing = bundle.exec(PLAIN.withTerminal(), "/no/such/program")) {
                assertThat(missing.receive())
                        .isInstanceOfSatisfying(
                                Reply.Failed.class,
                                failed -> assertThat(failed.path()).isEqualTo("/no/such/program"));
            }
        }
    }
}
