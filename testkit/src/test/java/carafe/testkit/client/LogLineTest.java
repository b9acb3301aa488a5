package carafe.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogLineTest {
    @TempDir Path dir;

    @Test
    void keepsBlanksOfTheText() {
        LogLine line = LogLine.parse("2026-11-21T02:03:04.000000005Z stdout F  two  blanks ");

        assertThat(line.text()).isEqualTo(" two  blanks ");
        assertThat(line.time()).isEqualTo(Instant.parse("2026-11-21T02:03:04.000000005Z"));
    }

    @Test
    void refusesAHalfLine() {
        assertThatThrownBy(() -> LogLine.parse("2026-11-21T02:03:04Z stdout"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a log line");
    }

    @Test
    void joinsPartsOfOneStream() throws IOException {
        Path log = dir.resolve("log");
        Files.writeString(
                log,
                """
                2026-11-21T02:03:04Z stdout P ab
                2026-11-21T02:03:04Z stderr F other
                2026-11-21T02:03:04Z stdout F cd
                2026-11-21T02:03:04Z stdout F next
                """);

        assertThat(LogLine.texts(log, "stdout")).containsExactly("abcd", "next");
    }
}
