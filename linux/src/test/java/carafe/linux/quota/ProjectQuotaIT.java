package carafe.linux.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.linux.fs.FileCalls;
import carafe.linux.fs.RootDir;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * On file systems of its own; what the kernel or the machine lacks skips a test, with the reason.
 */
class ProjectQuotaIT {
    /** mkfs.xfs makes none smaller. */
    private static final long BYTES = 320L << 20;

    private static final int PROJECT = 0x43000007;

    @TempDir private Path dir;
    private final ProjectQuota quota = new ProjectQuota(QuotaCalls.linux());
    private boolean mounted;

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", disk().toString())).isZero();
        }
    }

    private Path disk() {
        return dir.resolve("disk");
    }

    private int run(String... command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("said").toFile())
                        .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return process.waitFor();
    }

    private void mount(List<String> mkfs, String options) throws Exception {
        Path image = dir.resolve("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
        }
        Files.createDirectory(disk());
        List<String> make = new ArrayList<>(mkfs);
        make.add(image.toString());
        boolean made;
        try {
            made = run(make.toArray(String[]::new)) == 0;
        } catch (IOException e) {
            made = false;
        }
        skipUnless(made, "%s cannot be run".formatted(String.join(" ", mkfs)));
        mounted = run("mount", "-o", options, image.toString(), disk().toString()) == 0;
        skipUnless(
                mounted,
                "%s with %s cannot be mounted (CONFIG_QFMT_V2, CONFIG_XFS_QUOTA, loop devices)"
                        .formatted(mkfs.getFirst(), options));
    }

    private static void skipUnless(boolean possible, String reason) {
        if (!possible) {
            System.out.println("skipped: " + reason);
        }
        assumeTrue(possible, reason);
    }

    @Test
    void whatIsMadeInADirectoryInheritsItsProject() throws Exception {
        mount(List.of("mkfs.xfs", "-q"), "loop");
        Path own = Files.createDirectory(disk().resolve("own"));
        try (RootDir directory = RootDir.open(FileCalls.linux(), own)) {
            assertThat(quota.project(directory.fd())).isZero();
            quota.assign(directory.fd(), PROJECT);
            assertThat(quota.project(directory.fd())).isEqualTo(PROJECT);
            assertThat(quota.state(directory.fd()))
                    .as("mounted without prjquota")
                    .isEqualTo(ProjectQuota.State.NONE);
        }
        Path below = Files.createDirectories(own.resolve("a/b"));
        try (RootDir directory = RootDir.open(FileCalls.linux(), below)) {
            assertThat(quota.project(directory.fd())).isEqualTo(PROJECT);
        }
        try (RootDir directory = RootDir.open(FileCalls.linux(), disk())) {
            assertThat(quota.project(directory.fd())).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkfs.ext4 -q -O project,quota", "mkfs.xfs -q"})
    void aWriteBeyondTheLimitFailsAndIsCounted(String mkfs) throws Exception {
        mount(List.of(mkfs.split(" ")), "loop,prjquota");
        Path own = Files.createDirectory(disk().resolve("own"));
        Files.setAttribute(own, "unix:uid", 65534);
        try (RootDir directory = RootDir.open(FileCalls.linux(), own)) {
            assertThat(quota.state(directory.fd())).isEqualTo(ProjectQuota.State.LIMITED);
            quota.limit(directory.fd(), PROJECT, 1 << 20);
            quota.assign(directory.fd(), PROJECT);
            // Whoever has CAP_SYS_RESOURCE is not limited by ext4; overlayfs gives that up.
            assertThat(
                            run(
                                    "setpriv",
                                    "--reuid=65534",
                                    "--clear-groups",
                                    "dd",
                                    "if=/dev/zero",
                                    "of=" + own.resolve("f"),
                                    "bs=64K",
                                    "count=32",
                                    "conv=fsync"))
                    .isNotZero();
            assertThat(Files.readString(dir.resolve("said")))
                    .containsAnyOf("Disk quota exceeded", "No space left on device");
            assertThat(quota.taken(directory.fd(), PROJECT).bytes())
                    .isBetween(900L << 10, 1L << 20);
            Files.delete(own.resolve("f"));
            assertThat(quota.taken(directory.fd(), PROJECT).bytes()).isLessThan(64 << 10);
        }
    }
}
