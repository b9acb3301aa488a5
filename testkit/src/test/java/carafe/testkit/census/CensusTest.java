package carafe.testkit.census;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CensusTest {
    @TempDir Path dir;

    @Test
    void namesAFileAndAProcessThatStayed() throws IOException, InterruptedException {
        CensusScope scope = new CensusScope(List.of(dir), List.of("census-test-none"));
        Census before = Census.take(scope);
        Files.createFile(dir.resolve("left"));
        Process sleeper = new ProcessBuilder("sleep", "30").directory(dir.toFile()).start();
        try {
            assertThat(Census.leftOver(scope, before, Duration.ZERO))
                    .contains("file " + dir.resolve("left"))
                    .anyMatch(line -> line.startsWith("process " + sleeper.pid()));
        } finally {
            sleeper.destroyForcibly().waitFor();
        }
    }

    @Test
    void isEmptyOnceAllIsGone() throws IOException, InterruptedException {
        CensusScope scope = new CensusScope(List.of(dir), List.of("census-test-none"));
        Census before = Census.take(scope);
        Files.delete(Files.createFile(dir.resolve("gone")));

        assertThat(Census.leftOver(scope, before, Duration.ofSeconds(5))).isEmpty();
    }

    @Test
    void namesADeadChildThatItsParentNeverCollected() throws IOException, InterruptedException {
        CensusScope scope = new CensusScope(List.of(dir), List.of("census-test-none"));
        Census before = Census.take(scope);
        // The child belongs to the shell, which becomes a program that knows nothing of it.
        Process parent =
                new ProcessBuilder("sh", "-c", "true & exec sleep 30")
                        .directory(dir.toFile())
                        .start();
        try {
            assertThat(Census.leftOver(scope, before, Duration.ofMillis(500)))
                    .anyMatch(line -> line.matches("zombie \\d+ .* of " + parent.pid()));
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    @Test
    void leavesOutTheProcessesItIsToldTo() throws IOException, InterruptedException {
        CensusScope scope = new CensusScope(List.of(dir), List.of("census-test-none"));
        Census before = Census.take(scope);
        Process sleeper = new ProcessBuilder("sleep", "30").directory(dir.toFile()).start();
        try {
            CensusScope except = scope.except(Set.of(sleeper.pid()));
            assertThat(Census.leftOver(except, before, Duration.ZERO))
                    .noneMatch(line -> line.startsWith("process "));
        } finally {
            sleeper.destroyForcibly().waitFor();
        }
    }

    @Test
    void leavesOutOneKindWhenAsked() {
        Census census = new Census(Set.of("file /a", "process 12 x"));

        assertThat(census.without("file").entries()).containsExactly("process 12 x");
    }
}
