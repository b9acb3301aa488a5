package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another OCI runtime makes the container: Debian's runc, and scripts that play a bad one. */
class ProgramIT {
    private static final Path RUNC = Path.of("/usr/sbin/runc");
    private static final Duration SOON = Duration.ofSeconds(20);

    private TestFiles files;

    @BeforeEach
    void makeFiles() throws IOException {
        Machine.assumeCapable();
        files = TestFiles.make();
    }

    @AfterEach
    void deleteFiles() throws IOException {
        files.close();
    }

    @Test
    void aWholeLife() throws IOException {
        assumeTrue(Files.isExecutable(RUNC), "needs runc");
        try (ShimBundle bundle = by(RUNC)) {
            bundle.runningScript("echo hello; sleep 2; exit 7");
            assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                    .doesNotContain(bundle.path().toString());
            ShimClient.ExecResult exec =
                    bundle.run(ExecOptions.plain(), "/bin/sh", "-c", "echo out; exit 5");
            assertThat(exec.out()).isEqualTo("out\n");
            assertThat(exec.exited().code()).isEqualTo(5);

            assertThat(bundle.awaitExit().code()).isEqualTo(7);
            assertThat(bundle.logText()).contains(" stdout F hello\n");
            assertThat(entries(bundle.path().resolve("runtime"))).isEmpty();
        }
    }

    @Test
    void aShortLifeIsNotMissed() throws IOException {
        assumeTrue(Files.isExecutable(RUNC), "needs runc");
        for (int code = 0; code < 4; code++) {
            try (ShimBundle bundle = by(RUNC)) {
                bundle.runningScript("exit " + code);
                ExitFile exit = bundle.awaitExit();
                assertThat(exit.code()).isEqualTo(code);
                assertThat(exit.startError()).isEmpty();
            }
        }
    }

    @Test
    void theProgramsWordsAreTheReasonAndNothingIsLeft() throws IOException {
        try (ShimBundle bundle =
                by(
                        script(
                                "sleep 0.2; echo '{\"level\":\"error\",\"msg\":\"out of luck\"}' > $4; exit 1"))) {
            Message result = bundle.create("/bin/true");

            assertThat(result).isInstanceOf(Reply.Failed.class);
            assertThat(((Reply.Failed) result).step()).isEqualTo("runtime.create");
            assertThat(((Reply.Failed) result).text()).isEqualTo("program create: out of luck");
            awaitNobodyIn(bundle);
        }
    }

    @Test
    void whatNobodyWaitsForIsEndedWithAllItHasBegun() throws IOException {
        try (ShimBundle bundle = by(script("touch begun; exec sleep 301"))) {
            bundle.write("/bin/true");
            Process launcher = bundle.launch();
            Machine.await(
                    "the program runs", SOON, () -> Files.exists(bundle.path().resolve("begun")));
            launcher.getInputStream().close();

            awaitNobodyIn(bundle);
        }
    }

    @Test
    void anExecThatIsAbortedBeforeItRunsIsEnded() throws IOException {
        assumeTrue(Files.isExecutable(RUNC), "needs runc");
        Path slow =
                script(
                        "case \"$*\" in *' exec '*) touch begun; sleep 1;; esac; exec %s \"$@\""
                                .formatted(RUNC));
        try (ShimBundle bundle = by(slow)) {
            bundle.started("/bin/sleep", "1000");
            ShimClient client = bundle.exec(ExecOptions.plain(), "/bin/sleep", "4711");
            Machine.await(
                    "the exec has begun", SOON, () -> Files.exists(bundle.path().resolve("begun")));
            client.close();
            Machine.await("the program has ended", SOON, () -> commandsIn(bundle, "sh").isEmpty());
            Machine.pause(Duration.ofMillis(300));

            assertThat(bundle.run(ExecOptions.plain(), "/bin/ps").out()).doesNotContain("4711");
        }
    }

    private ShimBundle by(Path program) throws IOException {
        return ShimBundle.in(files)
                .with("\"runtime\":{\"program\":" + ShimBundle.quote(program.toString()) + "}");
    }

    private Path script(String text) throws IOException {
        Path program = files.newDirectory().resolve("program");
        Files.writeString(program, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program;
    }

    private static void awaitNobodyIn(ShimBundle bundle) {
        Machine.await("nobody is left", SOON, () -> commandsIn(bundle, "").isEmpty());
    }

    /** Processes that work in the bundle, by the beginning of their names. */
    private static List<String> commandsIn(ShimBundle bundle, String prefix) {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(each -> worksIn(each, bundle.path()))
                    .map(ProgramIT::command)
                    .filter(each -> !each.isEmpty() && each.startsWith(prefix))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean worksIn(Path process, Path directory) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(directory);
        } catch (IOException | UnsupportedOperationException notAProcess) {
            return false;
        }
    }

    private static String command(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException ended) {
            return "";
        }
    }

    private static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        }
    }
}
