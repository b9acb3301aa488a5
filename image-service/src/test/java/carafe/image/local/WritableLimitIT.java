package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.image.FsUsage;
import carafe.image.Image;
import carafe.image.PullMeter;
import carafe.image.snapshot.Snapshot;
import carafe.image.snapshot.WritableLimit;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import carafe.linux.quota.QuotaCalls;
import carafe.testkit.image.TestImage;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which projects containers' directories get, on a kernel that a script stands for: whether a real
 * one does with them what it should is {@code ProjectQuotaIT}'s.
 */
final class WritableLimitIT {
    private static final int FIRST = 1000;
    private static final long LIMIT = 10 << 20;

    @TempDir private Path root;
    private final Kernel kernel = new Kernel();
    private ScriptedRegistry registry;
    private LocalImages images;
    private Image image;

    /** Keeps directories' projects by inode, and answers for a file system with quotas. */
    private static final class Kernel implements QuotaCalls {
        private final Map<Object, byte[]> attributes = new HashMap<>();
        private final Map<Integer, Long> limits = new LinkedHashMap<>();
        private final Map<Integer, Long> inodes = new HashMap<>();
        private int flags = 0x30;
        private boolean full;
        private boolean countingEnded;

        private static Path directory(int fd) {
            return Path.of("/proc/self/fd/" + fd);
        }

        @Override
        public synchronized void ioctl(int fd, long request, byte[] argument)
                throws SyscallException {
            try {
                Object inode = Files.getAttribute(directory(fd), "unix:ino");
                byte[] own = attributes.computeIfAbsent(inode, _ -> new byte[28]);
                if (request == 0x801c581fL) {
                    System.arraycopy(own, 0, argument, 0, own.length);
                    return;
                }
                if (full) {
                    throw new SyscallException("ioctl", "", Errno.ENOSPC);
                }
                try (Stream<Path> inside = Files.list(directory(fd).toRealPath())) {
                    assertThat(inside).as("nothing was written before").isEmpty();
                }
                int project = ByteBuffer.wrap(argument).order(ByteOrder.nativeOrder()).getInt(12);
                assertThat(limits.containsKey(project)).as("limited").isEqualTo(flags == 0x30);
                System.arraycopy(argument, 0, own, 0, own.length);
            } catch (SyscallException e) {
                throw e;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public synchronized void quotactl(int fd, int command, int id, byte[] argument)
                throws SyscallException {
            ByteBuffer quota = ByteBuffer.wrap(argument).order(ByteOrder.nativeOrder());
            switch (command >>> 8) {
                case 0x5805 -> {
                    if (flags == 0) {
                        throw new SyscallException("quotactl", "", Errno.ENOSYS);
                    }
                    quota.putShort(2, (short) flags);
                }
                case 0x800007 -> {
                    if (countingEnded) {
                        throw new SyscallException("quotactl", "", Errno.ESRCH);
                    }
                    quota.putLong(16, 4096 * inodes.getOrDefault(id, 0L));
                    quota.putLong(40, inodes.getOrDefault(id, 0L));
                }
                case 0x800008 -> limits.put(id, quota.getLong(0) * 1024);
                default -> throw new SyscallException("quotactl", "", Errno.EINVAL);
            }
        }
    }

    @BeforeEach
    void start() throws IOException {
        registry = ScriptedRegistry.start();
        TestImage app = TestImage.oci("{}", TestImages.layer(1, 1000));
        String reference = registry.push("app", "1", app);
        images = open(8);
        image = images.pull(TestImages.request(reference));
    }

    @AfterEach
    void stop() throws IOException {
        images.close();
        registry.close();
    }

    private LocalImages open(int projects) {
        return LocalImages.open(
                TestImages.limited(root, new WritableLimit(LIMIT, FIRST, projects)),
                new LocalImages.Ports(FileCalls.linux(), new DiskFiles(), PullMeter.NONE, kernel));
    }

    private void reopen(int projects) {
        images.close();
        images = open(projects);
    }

    private int project(Path directory) throws IOException {
        byte[] own = kernel.attributes.get(Files.getAttribute(directory, "unix:ino"));
        return own == null ? 0 : ByteBuffer.wrap(own).order(ByteOrder.nativeOrder()).getInt(12);
    }

    private int prepare(String container) throws IOException {
        Snapshot made = images.prepare(image.id(), container);
        assertThat(project(made.work())).isEqualTo(project(made.upper()));
        return project(made.upper());
    }

    @Test
    void eachContainerHasAProjectOfItsOwnAlsoAfterARestart() throws Exception {
        int first = prepare("a");
        assertThat(first).isBetween(FIRST, FIRST + 7);
        assertThat(kernel.limits).containsEntry(first, LIMIT);
        reopen(8);
        int second = prepare("b");
        assertThat(second).isNotEqualTo(first).isBetween(FIRST, FIRST + 7);

        images.release("a");
        assertThat(kernel.limits).containsEntry(first, 0L).containsEntry(second, LIMIT);
        reopen(2);
        assertThat(prepare("c")).as("free again").isEqualTo(first);
    }

    @Test
    void whatAContainerWroteTheFileSystemTells() throws Exception {
        kernel.inodes.put(prepare("a"), 5L);
        FsUsage written = images.written("a").orElseThrow();
        assertThat(written.usedBytes()).isEqualTo(5 * 4096);
        assertThat(written.inodes()).isEqualTo(5);
        assertThat(images.usage().containers().usedBytes()).isEqualTo(5 * 4096);

        prepare("b");
        kernel.countingEnded = true;
        assertThat(images.written("b").orElseThrow().inodes()).as("walked").isEqualTo(1);
    }

    @Test
    void whatACrashLeftIsCountedAgainstNobody() throws Exception {
        kernel.inodes.put(FIRST, 1L);
        assertThat(prepare("a")).isEqualTo(FIRST + 1);
    }

    @Test
    void whoGetsNoLimitIsNotMadeAndNothingStays() throws Exception {
        kernel.full = true;
        assertThatThrownBy(() -> images.prepare(image.id(), "a"))
                .isInstanceOf(CarafeException.Exhausted.class);
        kernel.full = false;
        try (Stream<Path> left = Files.list(root.resolve("snapshots"))) {
            assertThat(left).isEmpty();
        }
        reopen(1);
        prepare("a");
        assertThatThrownBy(() -> images.prepare(image.id(), "b"))
                .isInstanceOf(CarafeException.Exhausted.class)
                .hasMessageContaining("writable_layers.project_ids");
        images.release("a");
        prepare("b");
    }

    @Test
    void whereOnlyCountingIsPossibleNothingIsLimitedAndWhereNotNobodyGetsAProject()
            throws Exception {
        kernel.flags = 0x10;
        reopen(8);
        assertThat(prepare("counted")).isEqualTo(FIRST);
        images.release("counted");
        kernel.flags = 0;
        reopen(8);
        images.prepare(image.id(), "a");
        assertThat(images.written("a")).map(FsUsage::inodes).isEqualTo(Optional.of(1L));
        assertThat(kernel.limits).isEmpty();
    }
}
