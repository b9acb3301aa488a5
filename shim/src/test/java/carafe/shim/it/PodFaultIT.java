package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The n-th call of a kind fails while a pod's namespaces are made, or a socket in one of them: it
 * is made or refused, a pod that was refused has left no process, and the next attempt succeeds.
 */
class PodFaultIT {
    private static final int MOST_CALLS = 300;
    private static final int FEW = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String SHARED =
            ",\"hostname\":\"p\",\"memBytes\":1048576,\"namespaces\":[\"net\",\"ipc\",\"uts\"]";
    private static final String ALL =
            ",\"namespaces\":[\"net\",\"ipc\",\"uts\",\"pid\",\"user\"],"
                    + "\"uidMappings\":[{\"containerID\":0,\"hostID\":200000,\"size\":65536}],"
                    + "\"gidMappings\":[{\"containerID\":0,\"hostID\":200000,\"size\":65536}]";

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
        "read, EIO",
        "write, ENOSPC",
        "clone, EAGAIN",
        "unshare, ENOMEM",
        "renameat2, ENOSPC",
        "pivot_root, EBUSY"
    })
    void aPod(String call, String errno) throws IOException {
        pods(SHARED, call, errno, FEW);
    }

    @ParameterizedTest
    @CsvSource({
        "pipe2, EMFILE",
        "clone, EAGAIN",
        "clone3, EAGAIN",
        "fork, EAGAIN",
        "openat, EMFILE",
        "openat2, EMFILE",
        "close_range, ENOMEM",
        "read, EIO",
        "write, ENOSPC",
        "statx, EIO",
        "fstatfs, EIO",
        "renameat2, ENOSPC",
        "unshare, ENOMEM",
        "setns, ENOMEM",
        "mount, EPERM",
        "umount2, EBUSY",
        "pivot_root, EBUSY",
        "fsopen, ENOMEM",
        "fsconfig, EINVAL",
        "fsmount, ENOMEM",
        "open_tree, ENOMEM",
        "move_mount, EINVAL",
        "mount_setattr, EINVAL",
        "chdir, EACCES",
        "fchdir, EACCES",
        "socket, EMFILE",
        "ioctl, EIO",
        "sethostname, EPERM",
        "dup3, EBADF",
        "setsid, EPERM",
        "setresuid, EAGAIN",
        "setresgid, EAGAIN",
        "setgroups, EPERM",
        "capset, EPERM",
        "prctl, EINVAL",
        "seccomp, EINVAL",
        "wait4, ECHILD",
        "fcntl, EINVAL",
        "rt_sigaction, EINVAL",
        "rt_sigprocmask, EINVAL"
    })
    @EnabledIfSystemProperty(named = "carafe.soak", matches = "true")
    void everyPod(String call, String errno) throws IOException {
        pods(SHARED, call, errno, MOST_CALLS);
        pods(ALL, call, errno, MOST_CALLS);
    }

    @ParameterizedTest
    @CsvSource({
        "read, EIO",
        "socket, EMFILE",
        "bind, EACCES",
        "listen, EINVAL",
        "openat, EMFILE",
        "setns, EPERM",
        "connect, ECONNREFUSED",
        "getsockopt, EIO",
        "write, EPIPE",
        "accept4, EMFILE",
        "sendmsg, EPIPE",
        "unlinkat, EIO",
        "ppoll, ENOMEM"
    })
    void aSocket(String call, String errno) throws IOException {
        sockets(call, errno, Boolean.getBoolean("carafe.soak") ? MOST_CALLS : 1);
    }

    private void pods(String fields, String call, String errno, int most) throws IOException {
        boolean reached = true;
        for (int n = 1; reached && n <= most; n++) {
            String rule = Strace.rule(call, errno, n);
            Path directory = files.newDirectory();
            Files.createDirectory(directory.resolve("mem"));
            try (PodBundle pod = new PodBundle(directory)) {
                Path trace = directory.resolve("trace");
                Process strace = pod.attempt(fields, Strace.before(trace, call, errno, n));
                reached = Strace.hasInjected(trace);
                if (strace != null) {
                    // It ends with the last process that it follows.
                    Machine.await(
                            "no process is left after " + rule, PATIENCE, () -> !strace.isAlive());
                    reached = Strace.hasInjected(trace);
                    release(directory);
                    assertThat(pod.ready(fields)).as("a pod after " + rule).isGreaterThan(1);
                }
            } finally {
                release(directory);
            }
        }
    }

    /** As the daemon gives a pod's memory back, made or not. */
    private static void release(Path directory) throws IOException {
        if (Files.readString(Path.of("/proc/self/mountinfo")).contains(directory + "/mem ")) {
            MachineMounts.unmount(directory.resolve("mem"));
        }
    }

    private void sockets(String call, String errno, int most) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            boolean reached = true;
            for (int n = 1; reached && n <= most; n++) {
                Path directory = files.newDirectory();
                Path trace = directory.resolve("trace");
                Process failing = netsock(directory, server, Strace.before(trace, call, errno, n));
                Message _ = result(failing, directory);
                reached = Strace.hasInjected(trace);
                assertThat(result(netsock(directory, server), directory))
                        .as("a socket after " + Strace.rule(call, errno, n))
                        .isInstanceOf(Reply.SocketReady.class);
            }
        }
    }

    /** What it says, null = nothing; then it is asked for the socket, and must end. */
    private static @Nullable Message result(Process netsock, Path directory) throws IOException {
        Message result = null;
        byte[] prefix = netsock.getInputStream().readNBytes(Frames.PREFIX_BYTES);
        if (prefix.length == Frames.PREFIX_BYTES) {
            try {
                int length = Frames.bodyLength(prefix, 0);
                result = Codec.decode(netsock.getInputStream().readNBytes(length));
            } catch (WireException e) {
                throw new IOException(e);
            }
        }
        if (result instanceof Reply.SocketReady) {
            fetch(directory);
        }
        try {
            assertThat(netsock.waitFor(30, TimeUnit.SECONDS)).as("netsock has ended").isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return result;
    }

    /** Comes for the socket; it would end without, but five seconds later. */
    private static void fetch(Path directory) throws IOException {
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(directory, "s[0-9]*")) {
            for (Path socket : sockets) {
                try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                    channel.connect(UnixDomainSocketAddress.of(socket));
                    int _ = channel.read(ByteBuffer.allocate(1));
                } catch (IOException e) {
                    // One that an earlier process could not take away, or this one's failure.
                }
            }
        }
    }

    private static Process netsock(Path directory, ServerSocket server, String... by)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(by));
        command.addAll(List.of(Machine.program().toString(), "netsock"));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectError(new File("/dev/null"));
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        long self = ProcessHandle.current().pid();
        try (var out = process.getOutputStream()) {
            out.write(
                    Codec.encode(
                            new Request.OpenSocket(
                                    (int) self, startTicks(self), server.getLocalPort())));
        } catch (WireException e) {
            throw new IOException(e);
        } catch (IOException e) {
            // It has ended before it read: that is one of the failures.
        }
        return process;
    }

    private static long startTicks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]);
    }
}
