package carafe.shim.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layouts of structures and the order of arguments, against this machine's kernel. */
final class KernelCallsTest {
    private static final int RW = FileCalls.O_RDWR | FileCalls.O_CLOEXEC;

    private final Syscalls sys = RealKernel.syscalls();
    @TempDir private Path directory;

    private int openDirectory() throws SyscallException {
        return sys.files().open(FileCalls.AT_FDCWD, directory.toString(), FileCalls.O_DIRECTORY, 0);
    }

    @Test
    void aFileIsMadeWrittenAndReadBack() throws Exception {
        int dir = openDirectory();
        int fd = sys.files().open(dir, "fü", RW | FileCalls.O_CREAT | FileCalls.O_EXCL, 0640);
        byte[] text = "hello".getBytes(UTF_8);
        assertThat(sys.files().write(fd, text, 0, 5)).isEqualTo(5);
        Buffer buffer = sys.memory().allocate(8);
        assertThat(sys.files().readAt(fd, buffer, 1, 4, 1)).isEqualTo(4);
        assertThat(buffer.get(1)).isEqualTo((byte) 'e');
        FileStatus status = sys.files().status(fd);
        assertThat(status.isRegular()).isTrue();
        assertThat(status.size()).isEqualTo(5);
        assertThat(status.inode())
                .isEqualTo((Long) Files.getAttribute(directory.resolve("fü"), "unix:ino"));
        assertThat(Files.readString(directory.resolve("fü"))).isEqualTo("hello");
        sys.files().close(fd);
        sys.files().close(dir);
    }

    @Test
    void openat2KeepsPathsInTheRoot() throws Exception {
        Files.createSymbolicLink(directory.resolve("out"), Path.of("/etc"));
        int dir = openDirectory();
        assertThatThrownBy(() ->
                        sys.files()
                                .openResolved(
                                        dir,
                                        "out/hostname",
                                        FileCalls.O_PATH,
                                        FileCalls.RESOLVE_IN_ROOT))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
                .hasMessage("open out/hostname: no such file or directory");
        sys.files().close(dir);
    }

    @Test
    void aDescriptorAndAByteGoOverASocket() throws Exception {
        long pair = sys.sockets().pair(SocketCalls.SOCK_STREAM);
        int dir = openDirectory();
        sys.sockets().sendDescriptor(FileCalls.readEnd(pair), dir);
        int got = sys.sockets().receiveDescriptor(FileCalls.writeEnd(pair));
        assertThat(got).isPositive().isNotEqualTo(dir);
        assertThat(sys.files().status(got).inode()).isEqualTo(sys.files().status(dir).inode());
        assertThat(sys.sockets().peerUid(FileCalls.readEnd(pair)))
                .isEqualTo((Integer) Files.getAttribute(directory, "unix:uid"));
        sys.files().close(FileCalls.readEnd(pair));
        assertThat(sys.sockets().receiveDescriptor(FileCalls.writeEnd(pair)))
                .isEqualTo(-Errno.EPIPE);
        sys.files().close(FileCalls.writeEnd(pair));
        sys.files().close(got);
        sys.files().close(dir);
    }

    @Test
    void pollSeesWhatCanBeReadAndTimesOut() throws Exception {
        long pipe = sys.files().pipe(0);
        Buffer entry = sys.memory().allocate(WaitCalls.POLLFD);
        entry.putInt(0, FileCalls.readEnd(pipe));
        entry.putShort(4, WaitCalls.POLLIN);
        assertThat(sys.waits().poll(entry, 1, 1)).isZero();
        sys.files().write(FileCalls.writeEnd(pipe), new byte[] {7}, 0, 1);
        assertThat(sys.waits().poll(entry, 1, -1)).isEqualTo(1);
        assertThat(entry.getShort(6)).isEqualTo(WaitCalls.POLLIN);
        sys.files().close(FileCalls.readEnd(pipe));
        sys.files().close(FileCalls.writeEnd(pipe));
    }

    @Test
    void aProcessHasTheStartItsStatTells() throws Exception {
        int pid = (int) ProcessHandle.current().pid();
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String start = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
        assertThat(sys.processes().startTicks(pid)).isEqualTo(Long.parseLong(start));
        assertThat(sys.processes().startTicks(0x3fffffff)).isZero();
    }

    @Test
    void noSignalGoesToEverybody() {
        for (int pid : new int[] {1, 0, -1}) {
            assertThatThrownBy(() -> sys.processes().signalChild(pid, 0))
                    .hasMessageContaining("refused for pid " + pid);
            assertThatThrownBy(() -> sys.processes().signalGroup(pid, 0))
                    .hasMessageContaining("refused for pid " + pid);
        }
    }

    @Test
    void aNameWithANulIsRefused() {
        assertThatThrownBy(() -> sys.files().open(FileCalls.AT_FDCWD, "a\0b", 0, 0))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
    }

    @Test
    void aNameLongerThanScratchMemoryIsRefused() {
        String name = "x".repeat(Scratch.SIZE);
        assertThatThrownBy(() -> sys.files().open(FileCalls.AT_FDCWD, name, 0, 0))
                .isInstanceOfSatisfying(
                        SyscallException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ENAMETOOLONG));
    }

    @Test
    void limitsAreReadAsTheKernelHasThem() throws Exception {
        String line =
                Files.readAllLines(Path.of("/proc/self/limits")).stream()
                        .filter(l -> l.startsWith("Max open files"))
                        .findFirst()
                        .orElseThrow();
        String hard = line.trim().split(" +", -1)[4];
        assertThat(sys.processes().hardLimit(7)).isEqualTo(Long.parseLong(hard));
    }

    @Test
    void procIsToldByItsMagicNumber() throws Exception {
        int fd = sys.files().open(FileCalls.AT_FDCWD, "/proc", FileCalls.O_DIRECTORY, 0);
        assertThat(sys.files().fileSystemType(fd)).isEqualTo(0x9fa0);
        assertThat(sys.files().status(fd).inode()).isEqualTo(1);
        sys.files().close(fd);
    }

    @Test
    void theClockRunsForward() {
        long before = System.currentTimeMillis() - 1;
        long now = sys.processes().nanos(ProcessCalls.CLOCK_REALTIME) / 1_000_000;
        assertThat(now).isBetween(before, System.currentTimeMillis() + 1);
    }
}
