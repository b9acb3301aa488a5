package carafe.network.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes standing in for plugins. */
final class ForkedProgramTest {
    @TempDir Path dir;

    @Test
    void givesInputAndOnlyTheNamedEnvironment() throws IOException {
        List<String> plugin = script("cat; env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= >&2; exit 3");

        ChildProgram.Output output =
                new ForkedProgram()
                        .run(
                                plugin,
                                Map.of("A", "b"),
                                new byte[] {105, 110},
                                Duration.ofSeconds(10));

        assertThat(output.exitCode()).isEqualTo(3);
        assertThat(output.stdout()).isEqualTo("in");
        assertThat(output.stderr()).isEqualTo("A=b\n");
    }

    @Test
    void aPluginThatHangsIsKilledAtTheDeadline() throws IOException {
        List<String> plugin = script("exec sleep 60");

        assertThatThrownBy(() ->
                        new ForkedProgram()
                                .run(
                                        plugin,
                                        Map.of("PATH", "/usr/bin:/bin"),
                                        new byte[0],
                                        Duration.ofMillis(200)))
                .isInstanceOf(CarafeException.Deadline.class)
                .hasMessageContaining("plugin");
    }

    @Test
    void aPluginThatPrintsForEverIsStopped() throws IOException {
        List<String> plugin =
                script("while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done");

        assertThatThrownBy(() ->
                        new ForkedProgram()
                                .run(plugin, Map.of(), new byte[0], Duration.ofSeconds(60)))
                .hasMessageContaining("printed more than");
    }

    @Test
    void whatFloodsTheErrorStreamIsKeptInPart() throws IOException {
        List<String> plugin = script("head -c 50000000 /dev/zero | tr '\\0' e >&2; exit 1");

        ChildProgram.Output output =
                new ForkedProgram()
                        .run(
                                plugin,
                                Map.of("PATH", "/usr/bin:/bin"),
                                new byte[0],
                                Duration.ofSeconds(60));

        assertThat(output.exitCode()).isEqualTo(1);
        assertThat(output.stderr()).hasSize(64 << 10);
    }

    private List<String> script(String body) throws IOException {
        Path file = Files.writeString(dir.resolve("plugin"), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return List.of(file.toString());
    }
}
