package carafe.network.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes standing in for plugins. */
final class ForkedProgramTest {
    private static final String PATH = "/usr/bin:/bin";
    private static final byte[] NOTHING = {};

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

    /** What is kept of it is all that it costs. */
    @Test
    void aFloodCostsNoMemory() throws Exception {
        List<String> plugin = script("exec cat /dev/zero >&2");
        long before = usedBytes();
        FutureTask<ChildProgram.Output> running =
                new FutureTask<>(() ->
                        new ForkedProgram()
                                .run(plugin, Map.of("PATH", PATH), NOTHING, Duration.ofSeconds(2)));
        Thread.ofPlatform().start(running);
        long most = 0;
        while (!running.isDone()) {
            most = Math.max(most, usedBytes());
        }

        assertThatThrownBy(running::get).hasCauseInstanceOf(CarafeException.Deadline.class);
        assertThat(most - before).isLessThan(4L << 20);
    }

    /** Of the heap, that is still needed. */
    private static long usedBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private List<String> script(String body) throws IOException {
        Path file = Files.writeString(dir.resolve("plugin"), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return List.of(file.toString());
    }
}
