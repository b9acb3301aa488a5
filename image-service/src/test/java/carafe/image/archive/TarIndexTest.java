package carafe.image.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.testkit.image.TarBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarIndexTest {
    @TempDir private Path dir;

    private TarFiles open(byte[] archive) throws IOException {
        return TarFiles.open(Files.write(dir.resolve("archive.tar"), archive));
    }

    private static String text(TarFiles files, String name) throws IOException {
        return new String(files.read(name, 1000), StandardCharsets.UTF_8);
    }

    @Test
    void findsRegularFilesOnly() throws IOException {
        String longName = "d/".repeat(60) + "file";
        byte[] archive =
                new TarBuilder()
                        .dir("a")
                        .file("./a/one", "1")
                        .symlink("a/link", "one")
                        .file(longName, "long")
                        .file("two", "x".repeat(513))
                        .build();
        try (TarFiles files = open(archive)) {
            assertThat(text(files, "a/one")).isEqualTo("1");
            assertThat(text(files, longName)).isEqualTo("long");
            assertThat(files.size("two")).isEqualTo(513);
            assertThat(files.has("a/link")).isFalse();
            assertThat(files.has("a")).isFalse();
            assertThatThrownBy(() -> files.read("two", 512)).hasMessageContaining("more than 512");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ustar", "gnu", "pax", "v7"})
    void readsEveryFormOfGnuTar(String format) throws Exception {
        String deep = format.equals("v7") ? "d" : "d".repeat(90) + "/" + "e".repeat(80);
        Path file = Files.createDirectories(dir.resolve(deep)).resolve("f");
        Files.writeString(file, "content");
        Path archive = dir.resolve(format + ".tar");
        Process tar =
                new ProcessBuilder(
                                "tar",
                                "-C",
                                dir.toString(),
                                "--format=" + format,
                                "-cf",
                                archive.toString(),
                                "./" + deep)
                        .start();
        assertThat(tar.waitFor(10, TimeUnit.SECONDS)).isTrue();
        try (TarFiles files = TarFiles.open(archive)) {
            assertThat(text(files, deep + "/f")).isEqualTo("content");
        }
    }

    @Test
    void refusesTwoFilesOfOneName() {
        byte[] archive = new TarBuilder().file("a", "1").file("./a", "2").build();
        assertThatThrownBy(() -> open(archive))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("twice");
    }

    @Test
    void refusesWhatIsCutOffOrDamaged() {
        byte[] whole = new TarBuilder().file("a", "x".repeat(2000)).file("b", "y").build();
        for (int length : new int[] {1, 511, 513, 2000, 3000, 3072}) {
            assertThatThrownBy(() -> open(Arrays.copyOf(whole, length)))
                    .as("cut at " + length)
                    .isInstanceOf(CarafeException.Invalid.class);
        }
        byte[] damaged = whole.clone();
        damaged[0] ^= 1;
        assertThatThrownBy(() -> open(damaged)).hasMessageContaining("damaged");
        assertThatThrownBy(() -> open(new byte[0])).isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void noiseIsRefusedAndNeverEndsInAnythingElse() {
        Random random = new Random(3);
        byte[] whole = new TarBuilder().file("a", "1").file("b", "2").build();
        for (int i = 0; i < 200; i++) {
            byte[] noise = whole.clone();
            int at = random.nextInt(512);
            noise[at] = (byte) random.nextInt(256);
            int sum = 0;
            Arrays.fill(noise, 148, 156, (byte) ' ');
            for (int k = 0; k < 512; k++) {
                sum += noise[k] & 0xff;
            }
            byte[] octal = "%06o".formatted(sum).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(octal, 0, noise, 148, 6);
            noise[154] = 0;
            try (TarFiles files = open(noise)) {
                assertThat(files).isNotNull();
            } catch (CarafeException.Invalid e) {
                assertThat(e).hasMessageStartingWith("not a readable tar archive");
            } catch (IOException e) {
                throw new AssertionError("round " + i, e);
            }
        }
    }
}
