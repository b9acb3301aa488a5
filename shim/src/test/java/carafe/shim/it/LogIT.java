package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

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

    private static List<String> texts(List<String> logLines) {
        return logLines.stream().map(line -> line.split(" ", 4)[3]).toList();
    }

    /** Every line once and in order, whichever file it went to. */
    @Test
    void rotationUnderLoadLosesNothing() throws IOException {
        int last = 400_000;
        bundle.started("/bin/seq", "1", Integer.toString(last));
        List<Path> parts = new ArrayList<>();
        while (Files.exists(bundle.path().resolve("s")) && parts.size() < 200) {
            Path part = bundle.path().resolve("log." + parts.size());
            if (Files.exists(bundle.log())) {
                Files.move(bundle.log(), part);
                parts.add(part);
            }
            if (!reopen()) {
                break;
            }
            Machine.pause(Duration.ofMillis(10));
        }
        bundle.awaitExit();
        parts.add(bundle.log());

        int expected = 1;
        for (Path part : parts) {
            if (!Files.exists(part)) {
                continue;
            }
            for (String text : texts(Files.readAllLines(part))) {
                assertThat(text).isEqualTo(Integer.toString(expected));
                expected++;
            }
        }
        assertThat(expected).isEqualTo(last + 1);
        assertThat(parts).hasSizeGreaterThan(2);
    }

    /** Whether the container still had a log to open anew. */
    private boolean reopen() {
        try {
            return bundle.ask(new Request.ReopenLog()) instanceof Reply.Done;
        } catch (IOException | AssertionError gone) {
            return false;
        }
    }

    @Test
    void longLinesArePartsAndTheLastOneNeedsNoNewline() throws IOException {
        bundle.with("\"maxLogLine\":64");
        bundle.runningScript("echo " + "x".repeat(150) + "; echo -n end");
        bundle.awaitExit();

        List<String> lines = Files.readAllLines(bundle.log());

        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).endsWith(" stdout P " + "x".repeat(64));
        assertThat(lines.get(1)).endsWith(" stdout P " + "x".repeat(64));
        assertThat(lines.get(2)).endsWith(" stdout F " + "x".repeat(22));
        assertThat(lines.get(3)).endsWith(" stdout P end");
    }

    @Test
    void aTerminalsOutputIsLogged() throws IOException {
        bundle.withTerminal();
        bundle.runningScript("test -t 0 && test -t 2 && echo on a terminal; echo err >&2; exit 6");

        assertThat(bundle.awaitExit().code()).isEqualTo(6);

        assertThat(bundle.logText())
                .contains(" stdout F on a terminal\r\n")
                .endsWith(" stdout F err\r\n");
    }

    /** A full disk costs lines, counted and whole, but never stops the container. */
    @Test
    void aFullDiskDoesNotStopTheContainer() throws IOException {
        try (SmallDisk disk = SmallDisk.mount(files.newDirectory(), 256 << 10)) {
            bundle.logTo(disk.path().resolve("log"));
            bundle.runningScript(
                    "seq 1 100000; touch /tmp/done; until test -e /tmp/go; do sleep 0.02; done;"
                            + " echo again; exec sleep 1000");
            Path done = bundle.path().resolve("upper/tmp/done");
            Machine.await("all is written", PATIENCE, () -> Files.exists(done));
            Machine.await("the loss is told", PATIENCE, () -> lostBytes() > 1_000_000);

            List<String> full = Files.readAllLines(bundle.log());
            assertThat(full.getFirst()).endsWith(" stdout F 1");
            Files.delete(bundle.log());
            assertThat(reopen()).isTrue();
            bundle.run(ExecOptions.plain(), "/bin/touch", "/tmp/go");
            Machine.await("it goes on", PATIENCE, this::logIsNotEmpty);

            assertThat(texts(Files.readAllLines(bundle.log()))).containsExactly("again");
            bundle.close();
            assertThat(bundle.exitFile().lostLogBytes()).isGreaterThan(1_000_000);
            assertThat(bundle.shimLog()).contains("no space left");
        }
    }

    private long lostBytes() {
        try {
            return ((Reply.State) bundle.ask(new Request.State())).lostLogBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private boolean logIsNotEmpty() {
        try {
            return Files.size(bundle.log()) > 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void onlyARegularFileBecomesALog() throws IOException, InterruptedException {
        Path secret = Files.writeString(bundle.path().resolve("secret"), "secret");
        Path link = Files.createSymbolicLink(bundle.path().resolve("link"), secret);
        Path fifo = bundle.path().resolve("fifo");
        new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
        Path directory = Files.createDirectory(bundle.path().resolve("directory"));
        Path missing = bundle.path().resolve("missing/log");

        for (Path path : List.of(link, fifo, directory, missing, Path.of("/dev/null"))) {
            try (ShimBundle refused = ShimBundle.in(files).logTo(path)) {
                Message result = refused.create("/bin/true");
                assertThat(result).as(path.toString()).isInstanceOf(Reply.Failed.class);
                assertThat(((Reply.Failed) result).step()).isEqualTo("log.open");
                assertThat(refused.path().resolve("s")).doesNotExist();
            }
        }
        assertThat(secret).hasContent("secret");
    }

    @Test
    void aReopenThatIsRefusedKeepsTheOldLog() throws IOException {
        bundle.runningScript("while :; do echo tick; sleep 0.02; done");
        Path old = Files.move(bundle.log(), bundle.path().resolve("old"));
        Path secret = Files.writeString(bundle.path().resolve("secret"), "secret");
        Files.createSymbolicLink(bundle.log(), secret);

        Message refused = bundle.ask(new Request.ReopenLog());

        assertThat(refused).isInstanceOf(Reply.Failed.class);
        assertThat(((Reply.Failed) refused).step()).isEqualTo("log.reopen");
        long size = Files.size(old);
        Machine.await(
                "the old log grows",
                PATIENCE,
                () -> {
                    try {
                        return Files.size(old) > size;
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
        assertThat(secret).hasContent("secret");
    }

    @Test
    void aPumpThatDiesIsReplaced() throws IOException {
        bundle.runningScript(
                "i=0; while test ! -e /tmp/end; do i=$((i+1)); echo $i; sleep 0.002; done");
        for (int i = 0; i < 3; i++) {
            long pump = bundle.pumpPid();
            ProcessHandle.of(pump).orElseThrow().destroyForcibly();
            Machine.await("it is gone", PATIENCE, () -> !Machine.isAlive(pump));
            long size = Files.size(bundle.log());
            Machine.await("the log grows", PATIENCE, () -> bundle.log().toFile().length() > size);
        }
        bundle.run(ExecOptions.plain(), "/bin/touch", "/tmp/end");

        assertThat(bundle.awaitExit().code()).isZero();

        int previous = 0;
        for (String text : texts(Files.readAllLines(bundle.log()))) {
            assertThat(Integer.parseInt(text)).isGreaterThan(previous);
            previous = Integer.parseInt(text);
        }
    }

    /** The shim is what keeps a container's output alive, so the pump outlives control. */
    @Test
    void withoutControlTheLogGoesOn() throws IOException, InterruptedException {
        int init = bundle.runningScript("while :; do echo tick; sleep 0.02; done");
        long pump = bundle.pumpPid();
        ProcessHandle.of(bundle.controlPid()).orElseThrow().destroyForcibly();

        long size = Files.size(bundle.log());
        Machine.await("the log grows", PATIENCE, () -> bundle.log().toFile().length() > size);

        ProcessHandle.of(init).orElseThrow().destroyForcibly();
        Machine.await("the pump has ended", PATIENCE, () -> !Machine.isAlive(pump));
        Files.delete(bundle.path().resolve("s"));
    }

    @Test
    void withoutALogPathOutputIsDropped() throws IOException {
        bundle.logTo(Path.of(""));
        bundle.runningScript("seq 1 100000; exit 2");

        assertThat(bundle.awaitExit().code()).isEqualTo(2);
        assertThat(bundle.exitFile().lostLogBytes()).isZero();
    }
}
