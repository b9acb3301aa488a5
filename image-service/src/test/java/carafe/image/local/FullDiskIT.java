package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls and removals on a file system of 64 MiB and 2,048 inodes. Needs root and loop devices. */
class FullDiskIT {
    private static final long BYTES = 64L << 20;

    @TempDir private Path dir;
    private Path disk;
    private boolean mounted;
    private ScriptedRegistry registry;

    @BeforeEach
    void mount() throws Exception {
        Path file = dir.resolve("disk.img");
        try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
            image.setLength(BYTES);
        }
        disk = Files.createDirectory(dir.resolve("disk"));
        boolean made = run("mkfs.ext4", "-q", "-m", "0", "-N", "2048", file.toString()) == 0;
        mounted = made && run("mount", "-o", "loop", file.toString(), disk.toString()) == 0;
        assumeThat(mounted).as("loop devices and root").isTrue();
        registry = ScriptedRegistry.start();
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            registry.close();
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    private static int run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).inheritIO().start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return process.waitFor();
    }

    private static void fill(Path file) throws IOException {
        byte[] chunk = new byte[1 << 16];
        for (int size = chunk.length; size > 0; size /= 2) {
            try (OutputStream out =
                    Files.newOutputStream(
                            file,
                            java.nio.file.StandardOpenOption.CREATE,
                            java.nio.file.StandardOpenOption.APPEND)) {
                while (true) {
                    out.write(chunk, 0, size);
                }
            } catch (IOException e) {
                // full for this size
            }
        }
    }

    @Test
    void anImageThatDoesNotFitLeavesNothingAndTheNextOneFits() throws Exception {
        TestImage large =
                TestImage.oci(
                        "{}",
                        TestImages.layer(1, 30 << 20),
                        TestImages.layer(2, 30 << 20),
                        TestImages.layer(3, 30 << 20));
        TestImage small = TestImage.oci("{}", TestImages.layer(4, 1 << 20));
        String largeReference = registry.push("large", "1", large);
        String smallReference = registry.push("small", "1", small);
        Path root = disk.resolve("carafe");
        try (LocalImages images = TestImages.open(root)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> images.pull(TestImages.request(largeReference)))
                        .isInstanceOf(CarafeException.Exhausted.class)
                        .hasMessageContaining("disk");
                assertThat(TestImages.leftoversAtLast(root)).isEmpty();
            }
            assertThat(images.pull(TestImages.request(smallReference)).id()).isEqualTo(small.id());
        }
    }

    @Test
    void tooManyFilesAreTooManyFiles() throws Exception {
        TarBuilder tar = new TarBuilder();
        for (int i = 0; i < 5000; i++) {
            tar.file("file-" + i, "");
        }
        String reference =
                registry.push("files", "1", TestImage.oci("{}", TestLayer.gzip(tar.build())));
        Path root = disk.resolve("carafe");
        try (LocalImages images = TestImages.open(root)) {
            assertThatThrownBy(() -> images.pull(TestImages.request(reference)))
                    .isInstanceOf(CarafeException.Exhausted.class);
            assertThat(TestImages.leftoversAtLast(root)).isEmpty();
        }
    }

    @Test
    void withNoByteLeftPullsFailClearlyAndRemovalWorks() throws Exception {
        TestImage image = TestImage.oci("{}", TestImages.layer(1, 10 << 20));
        TestImage other = TestImage.oci("{}", TestImages.layer(2, 1 << 20));
        String reference = registry.push("app", "1", image);
        String otherReference = registry.push("other", "1", other);
        Path root = disk.resolve("carafe");
        try (LocalImages images = TestImages.open(root)) {
            Image pulled = images.pull(TestImages.request(reference));
            images.prepare(pulled.id(), "c1");
            fill(disk.resolve("filler"));
            long start = System.nanoTime();
            assertThatThrownBy(() -> images.pull(TestImages.request(otherReference)))
                    .isInstanceOf(CarafeException.Exhausted.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(5));
            assertThat(images.list()).containsExactly(pulled);
            images.release("c1");
            images.remove(reference);
            assertThat(images.list()).isEmpty();
            assertThat(TestImages.leftoversAtLast(root)).isEmpty();
            Files.delete(disk.resolve("filler"));
            assertThat(images.pull(TestImages.request(otherReference)).id()).isEqualTo(other.id());
        }
    }
}
