package carafe.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.DiskFiles;
import carafe.linux.PidIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {
    @TempDir private Path directory;
    private Bundle bundle;

    @BeforeEach
    void setUp() {
        bundle = new Bundle(directory, new DiskFiles());
    }

    @Test
    void aBundleThatWasNeverUsedSaysNothing() {
        assertThat(bundle.pids()).isEmpty();
        assertThat(bundle.exit()).isEmpty();
    }

    @Test
    void pidsAreIdentities() throws IOException {
        Files.writeString(directory.resolve("pid"), "100 7\n101 8\n");
        assertThat(bundle.pids()).containsExactly(new PidIdentity(100, 7), new PidIdentity(101, 8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "100",
                "100 x",
                "1 5",
                "-1 5",
                "0 5",
                "100 -5",
                "100 5 6",
                "\n",
                "99999999999 1",
                "100 5\n\n"
            })
    void aDamagedPidFileNamesNobody(String text) throws IOException {
        Files.writeString(directory.resolve("pid"), text);
        assertThat(bundle.pids()).isEmpty();
    }

    @Test
    void anExitRecordCutAnywhereIsUnknown() throws IOException {
        byte[] whole = ShimFixture.exitJson(7).strip().getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < whole.length; length++) {
            Files.write(directory.resolve("exit"), Arrays.copyOf(whole, length));
            assertThat(bundle.exit())
                    .get()
                    .isInstanceOfSatisfying(
                            ExitRecord.Unknown.class,
                            unknown -> assertThat(unknown.code()).isEqualTo(255));
        }
    }

    @Test
    void anExitRecordWithAnyFlippedBitIsReadOrUnknown() throws IOException {
        byte[] whole = ShimFixture.exitJson(7).getBytes(StandardCharsets.UTF_8);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(directory.resolve("exit"), damaged);
            assertThat(bundle.exit()).get().extracting(ExitRecord::code).isNotNull();
        }
    }

    @Test
    void aHugeExitRecordIsNotRead() throws IOException {
        Files.write(directory.resolve("exit"), new byte[1 << 20]);
        assertThat(bundle.exit()).get().isInstanceOf(ExitRecord.Unknown.class);
    }
}
