package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.shim.wire.Frames;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The n-th call of a kind fails, in each of the shim's processes: the container is made and runs to
 * its end, or it is refused by name, and in both cases nothing is left.
 */
class FaultIT {
    private static final int CALLS = 5;
    private static final int MOST_CALLS = 300;

    private TestFiles files;

    @BeforeEach
    void makeFiles() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "needs strace");
        files = TestFiles.make();
    }

    @AfterEach
    void deleteFiles() throws IOException {
        files.close();
    }

    @ParameterizedTest
    @CsvSource({
        "pipe2, EMFILE",
        "socketpair, EMFILE",
        "socket, EMFILE",
        "bind, EACCES",
        "listen, EINVAL",
        "signalfd4, EMFILE",
        "clone, EAGAIN",
        "clone3, EAGAIN",
        "pidfd_open, EMFILE",
        "fcntl, EINVAL",
        "openat, EMFILE",
        "renameat2, ENOSPC",
        "sendto, EPIPE",
        "ppoll, EINTR",
        "ppoll, ENOMEM",
        "accept4, EMFILE"
    })
    void nothingIsLeft(String call, String errno) throws IOException {
        for (int n = 1; n <= CALLS; n++) {
            try (ShimBundle bundle = ShimBundle.in(files)) {
                String rule = "inject=" + call + ":error=" + errno + ":when=" + n;
                run(bundle, rule);
                Machine.await(
                        "no process is left after " + rule,
                        Duration.ofSeconds(10),
                        () -> processesIn(bundle).isEmpty());
            }
        }
    }

    /** It would be waited for, two seconds long. */
    @Test
    void aRefusedContainerStartsItsPumpOnce() throws IOException, InterruptedException {
        try (ShimBundle bundle = ShimBundle.in(files)) {
            Path trace = bundle.path().resolve("trace");
            String busy = Config.script("true").mount("/proc", "/tmp", "bind").json();
            bundle.withConfig(busy).write();
            Process strace =
                    bundle.launch(
                            "/usr/bin/strace",
                            "-f",
                            "-o",
                            trace.toString(),
                            "-e",
                            "trace=prctl,ppoll");
            assertThat(ShimBundle.resultOf(strace)).isInstanceOf(Reply.Failed.class);
            assertThat(strace.waitFor(30, TimeUnit.SECONDS)).isTrue();
            List<String> calls = Files.readAllLines(trace);
            assertThat(calls.stream().filter(line -> line.contains("\"carafe-pump\"")))
                    .as("none when it was ended before it had begun")
                    .hasSizeLessThan(2);
            assertThat(calls).as("control waits, it does not turn round").hasSizeLessThan(100);
        }
    }

    /** All calls that a whole life makes, each time it is made; minutes, so only when asked for. */
    @ParameterizedTest
    @CsvSource({
        "pipe2, EMFILE",
        "socketpair, EMFILE",
        "socket, EMFILE",
        "bind, EACCES",
        "listen, EINVAL",
        "signalfd4, EMFILE",
        "clone, EAGAIN",
        "clone3, EAGAIN",
        "pidfd_open, EMFILE",
        "fcntl, EINVAL",
        "openat, EMFILE",
        "openat2, EMFILE",
        "renameat2, ENOSPC",
        "sendto, EPIPE",
        "recvfrom, ECONNRESET",
        "ppoll, ENOMEM",
        "accept4, EMFILE",
        "read, EIO",
        "write, ENOSPC",
        "statx, EIO",
        "fstatfs, EIO",
        "mkdirat, ENOSPC",
        "mknodat, ENOSPC",
        "symlinkat, ENOSPC",
        "fchownat, EPERM",
        "unshare, ENOMEM",
        "fsopen, ENOMEM",
        "fsconfig, EINVAL",
        "fsmount, ENOMEM",
        "open_tree, ENOMEM",
        "move_mount, EINVAL",
        "mount_setattr, EINVAL",
        "mount, EPERM",
        "umount2, EBUSY",
        "pivot_root, EBUSY",
        "dup3, EBADF",
        "setsid, EPERM",
        "capset, EPERM",
        "setresuid, EAGAIN",
        "setresgid, EAGAIN",
        "setgroups, EPERM",
        "chdir, EACCES",
        "fchdir, EACCES",
        "execve, EIO"
    })
    @EnabledIfSystemProperty(named = "carafe.soak", matches = "true")
    void nothingIsLeftWhicheverCallFails(String call, String errno) throws IOException {
        boolean reached = true;
        for (int n = 1; reached && n <= MOST_CALLS; n++) {
            try (ShimBundle bundle = ShimBundle.in(files)) {
                Path trace = bundle.path().resolve("trace");
                String rule = "inject=" + call + ":error=" + errno + ":when=" + n;
                live(bundle, trace, call, rule);
                Machine.await(
                        "no process is left after " + rule,
                        Duration.ofSeconds(20),
                        () -> processesIn(bundle).isEmpty());
                reached = Files.readString(trace).contains("(INJECTED)");
            }
        }
    }

    /**
     * A whole life, as far as it gets; a shim that cannot say why it ended has ended all the same.
     */
    private static void live(ShimBundle bundle, Path trace, String call, String rule)
            throws IOException {
        bundle.write("/bin/sh", "-c", "exit 9");
        String[] strace = {
            "/usr/bin/strace", "-f", "-o", trace.toString(), "-e", "trace=" + call, "-e", rule
        };
        Process launcher = bundle.launch(strace);
        byte[] prefix = answer(launcher, bundle, rule);
        launcher.getInputStream().close();
        if (prefix.length == Frames.PREFIX_BYTES && Files.exists(bundle.path().resolve("pid"))) {
            Strace.tolerate(() -> bundle.ask(new Request.Start()));
            // The failing call may be the first try's; whoever asks again must be served.
            for (int i = 0; i < 2 && !processesIn(bundle).isEmpty(); i++) {
                Strace.tolerate(() -> bundle.ask(new Request.Kill(9, Request.Target.ALL)));
            }
        }
    }

    /** The beginning of what it says; a shim that never says anything is a failure, not a wait. */
    private static byte[] answer(Process launcher, ShimBundle bundle, String rule) {
        FutureTask<byte[]> reading =
                new FutureTask<>(() -> launcher.getInputStream().readNBytes(Frames.PREFIX_BYTES));
        Thread.ofPlatform().daemon().start(reading);
        try {
            return reading.get(60, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            processesIn(bundle).stream()
                    .map(process -> Long.parseLong(process.getFileName().toString()))
                    .filter(pid -> pid > 1)
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .forEach(ProcessHandle::destroyForcibly);
            throw new AssertionError("no answer after " + rule, e);
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("reading the answer after " + rule, e);
        }
    }

    private static void run(ShimBundle bundle, String rule) throws IOException {
        bundle.write("/bin/sh", "-c", "exit 9");
        Process strace = bundle.launch("/usr/bin/strace", "-f", "-o", "/dev/null", "-e", rule);
        Message result = ShimBundle.resultOf(strace);
        assertThat(result).as(rule).isInstanceOfAny(Reply.Created.class, Reply.Failed.class);
        if (result instanceof Reply.Failed failed) {
            assertThat(failed.step()).as(rule).isNotEmpty();
            return;
        }
        assertThat(bundle.ask(new Request.Start())).as(rule).isEqualTo(new Reply.Done());
        assertThat(bundle.awaitExit().code()).as(rule).isEqualTo(9);
    }

    /** Processes whose working directory is the bundle: control, pump, setup. */
    private static List<Path> processesIn(ShimBundle bundle) {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(process -> isIn(process, bundle.path())).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isIn(Path process, Path directory) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(directory)
                    && Files.readString(process.resolve("comm")).startsWith("carafe");
        } catch (IOException | UnsupportedOperationException notAProcess) {
            return false;
        }
    }
}
