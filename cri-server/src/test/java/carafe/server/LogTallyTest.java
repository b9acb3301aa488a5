package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.runtime.port.LogTotals;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogTallyTest {
    private final LogTally tally = new LogTally();

    private static LogTotals lines(long lines) {
        return new LogTotals(lines, 1, lines * 50, 0);
    }

    @Test
    void whatAnEarlierDaemonSawCountsForNothing() {
        tally.begin(Map.of("old", lines(1000)));
        assertThat(tally.with(() -> Map.of("old", lines(1003))).lines()).isEqualTo(3);
        tally.ended("old", lines(1005));
        assertThat(tally.with(Map::of)).isEqualTo(new LogTotals(5, 0, 250, 0));
    }

    @Test
    void aContainerCountsOnceHoweverOftenItIsSeen() {
        tally.begin(Map.of());
        tally.with(() -> Map.of("a", lines(2), "b", lines(1)));
        tally.with(() -> Map.of("a", lines(4), "b", lines(1)));
        // Not running any more, and its end not told yet.
        tally.with(() -> Map.of("b", lines(1)));
        tally.ended("a", lines(7).losing(9));
        tally.ended("short", lines(2));
        assertThat(tally.with(() -> Map.of("b", lines(1)))).isEqualTo(new LogTotals(10, 3, 500, 9));
    }

    @Test
    void aSumNeverShrinks() {
        tally.begin(Map.of());
        tally.with(() -> Map.of("a", lines(5)));
        assertThat(tally.with(() -> Map.of("a", LogTotals.NOTHING)).lines()).isEqualTo(5);
    }
}
