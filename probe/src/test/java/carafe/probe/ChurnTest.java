package carafe.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The collector of programs compiled like the shim, tried from outside. */
final class ChurnTest {
    private static final long WAIT_SECONDS = 60;

    @TempDir Path dir;

    @Test
    void aHeapOfSmallObjectsAndHolesIsCollected() throws IOException, InterruptedException {
        assertThatItLives("churn");
    }

    @Test
    void aHeapThatGrewInsteadIsCollectedWhenItCannotGrow()
            throws IOException, InterruptedException {
        assertThatItLives("churn", "grow");
    }

    private void assertThatItLives(String... arguments) throws IOException, InterruptedException {
        Path program = dir.resolve("probe");
        try (InputStream compiled = Main.class.getResourceAsStream("probe")) {
            assertThat(compiled).isNotNull();
            Files.copy(compiled, program);
        }
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("r-x------"));

        List<String> command = new ArrayList<>(List.of(arguments));
        command.addFirst(program.toString());
        Process churn =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();

        assertThat(churn.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(churn.exitValue()).isZero();
    }
}
