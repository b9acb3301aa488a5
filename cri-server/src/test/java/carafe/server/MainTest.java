package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir private Path dir;

    @Test
    void versionNamesBuildProtocolAndJava() {
        assertThat(run("version")).isEqualTo(Main.OK);
        assertThat(text(out)).matches("carafe \\S+ \\(\\S+\\), CRI v1, Java 25\\S*\\R");
    }

    @ParameterizedTest
    @CsvSource({
        "bogus,unknown command",
        "config,carafe config check FILE",
        "image,carafe image import FILE",
        "serve --bogus,unknown flag --bogus",
        "doctor --root,--root needs a value",
    })
    void aWrongCommandLineIsNamed(String line, String message) {
        assertThat(run(line.split(" ", -1))).isEqualTo(Main.WRONG_INPUT);
        assertThat(text(err)).startsWith("carafe: ").contains(message);
    }

    @Test
    void aWrongConfigurationIsNamedWithItsLine() throws IOException {
        Path file = Files.writeString(dir.resolve("c.toml"), "[grpc]\nsokcet = \"/x\"\n");
        assertThat(run("config", "check", file.toString())).isEqualTo(Main.WRONG_INPUT);
        assertThat(text(err)).contains(file + ":2: unknown key grpc.sokcet");
    }

    @Test
    void theDefaultConfigurationHasNoFaults() throws IOException {
        assertThat(run("config", "default")).isEqualTo(Main.OK);
        Path file = Files.writeString(dir.resolve("c.toml"), text(out));
        assertThat(run("config", "check", file.toString())).isEqualTo(Main.OK);
    }

    @Test
    void imagesNeedADaemon() throws IOException {
        Path config = Files.writeString(dir.resolve("c.toml"), "");
        assertThat(run("image", "list", "--config", config.toString(), "--state", dir.toString()))
                .isEqualTo(Main.FAILED);
        assertThat(text(err)).contains("no daemon answers on " + dir.resolve("carafe.sock"));
    }

    @Test
    void withoutArgumentsItSaysHowToUseIt() {
        assertThat(run()).isEqualTo(Main.WRONG_INPUT);
        assertThat(text(err)).contains("carafe serve --demo");
    }

    private int run(String... arguments) {
        return new Main(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(arguments));
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
