package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.rpc.DaemonCalls;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProgressBarTest {
    private static DaemonCalls.PullStep step(long done, int position) {
        Map<String, Integer> layers = new LinkedHashMap<>();
        layers.put("waiting", 2);
        layers.put("downloading", 0);
        layers.put("unpacking", 1);
        layers.put("done", 4);
        return new DaemonCalls.PullStep(10L << 20, done, layers, position);
    }

    @Test
    void oneLineTellsShareSizeLayersAndPlace() {
        assertThat(ProgressBar.line(step(5 << 20, 0)))
                .isEqualTo(
                        "[###############---------------]  50 % of 10.0 MiB,"
                                + " layers: 2 waiting 1 unpacking 4 done");
        assertThat(ProgressBar.line(step(10 << 20, 3)))
                .startsWith("[##############################] 100 %")
                .endsWith(", number 3 in the queue");
        assertThat(ProgressBar.line(new DaemonCalls.PullStep(0, 0, Map.of(), 0)))
                .startsWith("[------------------------------]   0 %");
    }

    @Test
    void aShorterLineCoversTheLongerOneAndNothingStays() {
        ByteArrayOutputStream drawn = new ByteArrayOutputStream();
        ProgressBar bar = new ProgressBar(new PrintStream(drawn, true, StandardCharsets.UTF_8));
        bar.show(step(0, 3));
        bar.show(step(1 << 20, 0));
        bar.clear();
        String[] lines = drawn.toString(StandardCharsets.UTF_8).split("\r", -1);
        assertThat(lines[2]).hasSameSizeAs(lines[1]);
        assertThat(lines[3]).isBlank();
        assertThat(lines[4]).isEmpty();
    }
}
