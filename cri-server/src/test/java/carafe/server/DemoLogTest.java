package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoLogTest {
    private final List<String> lines = new ArrayList<>();

    @TempDir private Path dir;

    @Test
    void handsOnEachFinishedLineOnceWithoutItsPrefix() throws IOException {
        Path file = dir.resolve("demo.log");
        DemoLog log = new DemoLog(file, lines::add);
        assertThat(log.poll()).isFalse();
        Files.writeString(file, "2026-01-01T00:00:00.1Z stdout F hello there\n2026-01-01T00");
        assertThat(log.poll()).isTrue();
        assertThat(log.poll()).isFalse();
        Files.writeString(file, ":00:01.2Z stderr F bye\nodd\n", StandardOpenOption.APPEND);
        assertThat(log.poll()).isTrue();
        assertThat(lines).containsExactly("hello there", "bye", "odd");
    }
}
