package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The n-th call of a kind fails while a container's shim answers a request: the request succeeds,
 * or fails, or the connection ends, within the time that it has; the shim lives on and holds no
 * descriptor more; the same request then succeeds.
 */
class RequestFaultIT {
    private static final int MOST_CALLS = 300;
    private static final int FEW = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private TestFiles files;

    @BeforeEach
    void makeFiles() throws IOException {
        assumeTrue(Strace.isThere(), "needs strace");
        files = TestFiles.make();
    }

    @AfterEach
    void deleteFiles() throws IOException {
        files.close();
    }

    @ParameterizedTest
    @CsvSource({
        "pipe2, EMFILE",
        "clone3, EAGAIN",
        "pidfd_open, EMFILE",
        "setns, ENOMEM",
        "write, EIO",
        "execve, EIO"
    })
    void anExec(String call, String errno) throws IOException {
        execs(call, errno, FEW);
    }

    @ParameterizedTest
    @CsvSource({"write, EPIPE", "read, EIO", "capset, EPERM", "execve, EIO"})
    void aStartAndAStop(String call, String errno) throws IOException {
        starts(call, errno, FEW);
        kills(call, errno, FEW);
    }

    @ParameterizedTest
    @CsvSource({
        "pipe2, EMFILE",
        "socketpair, EMFILE",
        "clone, EAGAIN",
        "clone3, EAGAIN",
        "pidfd_open, EMFILE",
        "pidfd_send_signal, EPERM",
        "kill, EPERM",
        "fcntl, EINVAL",
        "openat, EMFILE",
        "close_range, ENOMEM",
        "sendto, EPIPE",
        "recvfrom, ECONNRESET",
        "getsockopt, EIO",
        "ppoll, ENOMEM",
        "accept4, EMFILE",
        "read, EIO",
        "write, EIO",
        "statx, EIO",
        "renameat2, ENOSPC",
        "getdents64, EIO",
        "setns, ENOMEM",
        "dup3, EBADF",
        "setsid, EPERM",
        "ioctl, EIO",
        "prlimit64, EPERM",
        "prctl, EINVAL",
        "rt_sigaction, EINVAL",
        "rt_sigprocmask, EINVAL",
        "keyctl, ENOMEM",
        "add_key, EDQUOT",
        "capset, EPERM",
        "setresuid, EAGAIN",
        "setresgid, EAGAIN",
        "setgroups, EPERM",
        "chdir, EACCES",
        "getcwd, ENOENT",
        "wait4, ECHILD",
        "execve, EIO"
    })
    @EnabledIfSystemProperty(named = "carafe.soak", matches = "true")
    void everyRequest(String call, String errno) throws IOException {
        execs(call, errno, MOST_CALLS);
        starts(call, errno, MOST_CALLS);
        kills(call, errno, MOST_CALLS);
    }

    private void execs(String call, String errno, int most) throws IOException {
        ExecOptions options = ExecOptions.plain().timeout(5_000).drain(500);
        try (ShimBundle bundle = ShimBundle.in(files)) {
            bundle.started("/bin/sleep", "100000");
            assertThat(bundle.run(options, "/bin/true").exited().code()).isZero();
            long control = bundle.controlPid();
            long descriptors = descriptors(control);
            boolean reached = true;
            for (int n = 1; reached && n <= most; n++) {
                String rule = Strace.rule(call, errno, n);
                Path trace = bundle.path().resolve("trace");
                try (Strace _ = Strace.attach(control, trace, call, errno, n)) {
                    Strace.tolerate(() -> bundle.run(options, "/bin/echo", "hello").last());
                    reached = Strace.hasInjected(trace);
                }
                assertThat(bundle.run(options, "/bin/echo", "again").out())
                        .as("an exec after " + rule)
                        .isEqualTo("again\n");
                assertThat(bundle.ask(new Request.State()))
                        .isInstanceOfSatisfying(
                                Reply.State.class,
                                state -> assertThat(state.phase()).isEqualTo(Reply.Phase.RUNNING));
                Machine.await(
                        "control holds no more than before " + rule,
                        PATIENCE,
                        () -> descriptors(control) <= descriptors && children(control) == 2);
            }
        }
    }

    private void starts(String call, String errno, int most) throws IOException {
        boolean reached = true;
        for (int n = 1; reached && n <= most; n++) {
            try (ShimBundle bundle = ShimBundle.in(files)) {
                bundle.created("/bin/sleep", "100000");
                Path trace = bundle.path().resolve("trace");
                long init = init(bundle);
                try (Strace _ = Strace.attach(init, bundle.path().resolve("init"), call, errno, n);
                        Strace _ = Strace.attach(bundle.controlPid(), trace, call, errno, n)) {
                    Strace.tolerate(() -> bundle.ask(new Request.Start()));
                    reached =
                            Strace.hasInjected(trace)
                                    || Strace.hasInjected(bundle.path().resolve("init"));
                }
                kill(bundle, "a start with " + Strace.rule(call, errno, n));
            }
        }
    }

    private void kills(String call, String errno, int most) throws IOException {
        boolean reached = true;
        for (int n = 1; reached && n <= most; n++) {
            try (ShimBundle bundle = ShimBundle.in(files)) {
                bundle.started("/bin/sleep", "100000");
                Path trace = bundle.path().resolve("trace");
                try (Strace _ = Strace.attach(bundle.controlPid(), trace, call, errno, n)) {
                    Strace.tolerate(() -> bundle.ask(new Request.Kill(9, Request.Target.ALL)));
                    reached = Strace.hasInjected(trace);
                }
                kill(bundle, "a kill with " + Strace.rule(call, errno, n));
            }
        }
    }

    /** Ends what is left of a container; its exit record is there then and nothing else. */
    private void kill(ShimBundle bundle, String when) throws IOException {
        long control = bundle.controlPid();
        try {
            bundle.ask(new Request.Kill(9, Request.Target.ALL));
        } catch (IOException | AssertionError ended) {
            // It has ended already.
        }
        Machine.await(
                "the shim has ended after " + when, PATIENCE, () -> !Machine.isAlive(control));
        assertThat(bundle.path().resolve("exit")).as(when).exists();
    }

    private static long init(ShimBundle bundle) throws IOException {
        String line = Files.readAllLines(bundle.path().resolve("pid")).get(1);
        return Long.parseLong(line.substring(0, line.indexOf(' ')));
    }

    private static long descriptors(long pid) {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return all.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int children(long pid) {
        try {
            return Machine.childrenOf(pid).size();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
