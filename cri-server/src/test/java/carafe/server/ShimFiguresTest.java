package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShimFiguresTest {
    private static final long PAGE = 4096;

    @TempDir Path proc;

    @Test
    void shimsAndPumpsCountAndWhatTheDaemonHasJustForkedDoesNot() throws IOException {
        process(7, "carafe-shim", "900 120 100 0 0 0 0");
        process(8, "carafe-pump", "900 110 80 0 0 0 0");
        process(9, "java", "900000 45000 100 0 0 0 0");

        ShimFigures.Sample sample = new ShimFigures(() -> Set.of(7, 8, 9, 10), proc).sample();

        assertThat(sample).isEqualTo(new ShimFigures.Sample(2, 50.0 * PAGE));
    }

    private void process(int pid, String name, String statm) throws IOException {
        Path dir = Files.createDirectory(proc.resolve(Integer.toString(pid)));
        Files.writeString(dir.resolve("comm"), name + "\n");
        Files.writeString(dir.resolve("statm"), statm + "\n");
    }
}
