package carafe.linux.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RootDirIT {
    private final FileCalls calls = FileCalls.linux();

    @TempDir Path dir;
    private Path inside;
    private RootDir root;

    @BeforeEach
    void open() throws Exception {
        inside = Files.createDirectory(dir.resolve("root"));
        Files.createDirectory(dir.resolve("outside"));
        Files.createDirectory(inside.resolve("d"));
        Files.createSymbolicLink(inside.resolve("abs"), dir.resolve("outside"));
        Files.createSymbolicLink(inside.resolve("up"), Path.of("../../../outside"));
        Files.createSymbolicLink(inside.resolve("good"), Path.of("/d"));
        Files.createSymbolicLink(inside.resolve("magic"), Path.of("/proc/self/cwd"));
        root = RootDir.open(calls, inside);
    }

    @AfterEach
    void close() {
        root.close();
    }

    private static byte[] raw(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abs", "up", "../outside", "/../outside", "d/../../outside", "magic"})
    void doesNotLeaveTheRoot(String path) {
        assertThatThrownBy(() -> root.open(raw(path), OpenHow.DIRECTORY_IN_ROOT))
                .isInstanceOfSatisfying(
                        SyscallException.class,
                        e -> assertThat(e.errno()).isIn(Errno.ENOENT, Errno.ELOOP));
    }

    @Test
    void followsLinksInsideOnlyWhereAsked() throws Exception {
        try (Fd linked = root.open(raw("good"), OpenHow.DIRECTORY_IN_ROOT);
                Fd direct = root.open(raw("/../d"), OpenHow.DIRECTORY_NO_LINKS)) {
            assertThat(calls.stat(linked.number(), raw("")))
                    .isEqualTo(calls.stat(direct.number(), raw("")));
        }
        assertThatThrownBy(() -> root.open(raw("good"), OpenHow.DIRECTORY_NO_LINKS))
                .isInstanceOfSatisfying(
                        SyscallException.class,
                        e -> assertThat(e.errno()).isIn(Errno.ELOOP, Errno.ENOTDIR));
    }

    @Test
    void refusesLimitsThatWouldLeave() {
        assertThatThrownBy(() -> root.open(raw("d"), OpenHow.HOST_DIRECTORY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void createDoesNotWriteThroughALink() throws Exception {
        Files.writeString(dir.resolve("target"), "x");
        Files.createSymbolicLink(inside.resolve("l"), dir.resolve("target"));
        assertThatThrownBy(() -> root.open(raw("l"), OpenHow.CREATE))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.is(Errno.EEXIST)).isTrue());
        assertThat(dir.resolve("target")).hasContent("x");
    }

    @Test
    void metadataCallsActOnTheLinkItself() throws Exception {
        Path target = Files.createFile(dir.resolve("target"));
        Files.createSymbolicLink(inside.resolve("l"), target);
        Object before = Files.readAttributes(target, "unix:uid,gid,mode,lastModifiedTime");

        calls.fchownat(root.fd(), raw("l"), 5, 6);
        calls.utimensat(root.fd(), raw("l"), new FileTime(-5, 7));
        calls.setxattrat(root.fd(), raw("l"), raw("trusted.t"), raw("v"));

        assertThat(Files.readAttributes(target, "unix:uid,gid,mode,lastModifiedTime"))
                .isEqualTo(before);
        FileStat stat = calls.stat(root.fd(), raw("l"));
        assertThat(stat.uid()).isEqualTo(5);
        assertThat(stat.modified()).isEqualTo(new FileTime(-5, 7));
        assertThat(calls.getxattrat(root.fd(), raw("l"), raw("trusted.t"))).isEqualTo(raw("v"));
        FileCalls ofOlderKernels = new LinuxFileCalls(false);
        assertThat(calls.listxattrat(root.fd(), raw("l"))).contains(raw("trusted.t"));
        assertThat(ofOlderKernels.listxattrat(root.fd(), raw("l"))).contains(raw("trusted.t"));
        assertThat(calls.readlinkat(root.fd(), raw("l"))).isEqualTo(raw(target.toString()));
    }

    /** L13: a Java string cannot hold these names. */
    @Test
    void keepsEveryByteOfAName() throws Exception {
        TreeSet<String> expected = new TreeSet<>();
        for (int b = 1; b < 256; b++) {
            if (b != '/') {
                byte[] name = {'x', (byte) b, 'y'};
                root.open(name, OpenHow.CREATE).close();
                expected.add(RawNames.show(name));
            }
        }
        TreeSet<String> found = new TreeSet<>();
        DirEntries entries = new DirEntries(calls, root.fd());
        for (DirEntries.Entry e = entries.next(); e != null; e = entries.next()) {
            if (e.name()[0] == 'x') {
                found.add(RawNames.show(e.name()));
            }
        }
        assertThat(found).isEqualTo(expected).hasSize(254);
    }

    @Test
    void refusesANulInAName() {
        assertThatThrownBy(() -> root.open(raw("d\0x"), OpenHow.DIRECTORY_IN_ROOT))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.is(Errno.EINVAL)).isTrue());
    }

    /** J10: owners above 2^31 and devices, through every narrowing on the way. */
    @Test
    void keepsLargeNumbers() throws Exception {
        try (Fd file = root.open(raw("f"), OpenHow.CREATE)) {
            calls.fchown(file.number(), 4294967294L, 1L << 31);
            FileStat stat = calls.stat(file.number(), raw(""));
            assertThat(stat.uid()).isEqualTo(4294967294L);
            assertThat(stat.gid()).isEqualTo(1L << 31);
        }
        long device = Devices.of(Devices.MAX_MAJOR, Devices.MAX_MINOR);
        calls.mknodat(root.fd(), raw("dev"), FileStat.S_IFBLK | 0600, device);
        assertThat(calls.stat(root.fd(), raw("dev")).rdev()).isEqualTo(device);
        Object seen =
                Files.readAttributes(inside.resolve("dev"), "unix:rdev", LinkOption.NOFOLLOW_LINKS)
                        .get("rdev");
        assertThat(seen).isEqualTo(Devices.encode(device));
    }

    @Test
    void writesAndReads() throws Exception {
        byte[] content = new byte[100_000];
        Arrays.fill(content, (byte) 7);
        ByteBuffer buffer = ByteBuffer.allocateDirect(content.length).put(content).flip();
        try (Fd file = root.open(raw("f"), OpenHow.CREATE_READ_WRITE)) {
            calls.write(file.number(), buffer.position(10));
            assertThat(buffer.hasRemaining()).isFalse();
            calls.seek(file.number(), 0);
            buffer.clear();
            assertThat(calls.read(file.number(), buffer)).isEqualTo(content.length - 10);
            calls.fsync(file.number());
            FsStat disk = calls.statfs(file.number());
            assertThat(disk.totalBytes()).isEqualTo(Files.getFileStore(inside).getTotalSpace());
        }
    }

    @Test
    void descriptorsCloseOnce() throws Exception {
        Fd first = root.open(raw("d"), OpenHow.DIRECTORY_IN_ROOT);
        first.close();
        try (Fd second = root.open(raw("d"), OpenHow.DIRECTORY_IN_ROOT)) {
            first.close();
            assertThat(calls.stat(second.number(), raw("")).isDirectory()).isTrue();
        }
        assertThatThrownBy(first::number).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void descriptorsAreClosedOnExec() throws Exception {
        try (Fd fd = root.open(raw("d"), OpenHow.DIRECTORY_IN_ROOT)) {
            String flags =
                    Files.readString(Path.of("/proc/self/fdinfo/" + fd.number()))
                            .lines()
                            .filter(line -> line.startsWith("flags:"))
                            .findFirst()
                            .orElseThrow()
                            .substring(6)
                            .strip();
            assertThat(Long.parseLong(flags, 8) & OpenFlags.O_CLOEXEC).isNotZero();
        }
    }
}
