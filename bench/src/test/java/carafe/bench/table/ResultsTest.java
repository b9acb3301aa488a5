package carafe.bench.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is kept from one measurement to the next. */
final class ResultsTest {
    @TempDir Path dir;

    private static Row row(String name, String scenario, double ours, @Nullable Double target) {
        Paired pairs = new Paired();
        for (int i = 0; i < 5; i++) {
            pairs.add(ours, 10);
        }
        return pairs.row(name, scenario, "ms", "containerd", target);
    }

    @Test
    void theFileIsAListWithTheKeysThatReadersKnow() throws IOException {
        new Results(dir).replace("exec", List.of(row("exec", "ExecSync", 1, 0.2)));

        JsonNode list = new JsonMapper().readTree(Files.readString(dir.resolve("latest.json")));
        assertThat(list.isArray()).isTrue();
        JsonNode first = list.get(0);
        assertThat(first.get("scenario").asString()).isEqualTo("ExecSync");
        assertThat(first.get("unit").asString()).isEqualTo("ms");
        assertThat(first.get("carafe").asDouble()).isEqualTo(1);
        assertThat(first.get("peer").asDouble()).isEqualTo(10);
        assertThat(first.get("ratio").asDouble()).isEqualTo(0.1);
        assertThat(first.get("target").asDouble()).isEqualTo(0.2);
        assertThat(first.get("verdict").asString()).isEqualTo("REACHED");
        assertThat(first.get("carafe_p95").asDouble()).isEqualTo(1);
    }

    @Test
    void aScenarioMeasuredAgainReplacesItsRowsAndNoOthers() throws IOException {
        Results results = new Results(dir);
        results.replace("a", List.of(row("a", "one", 1, null), row("a", "two", 1, null)));
        results.replace("b", List.of(row("b", "three", 1, null)));
        results.replace("a", List.of(row("a", "four", 2, null)));

        assertThat(results.read()).extracting(Row::scenario).containsExactly("four", "three");
        assertThat(results.read().getFirst()).isEqualTo(row("a", "four", 2, null));
    }

    @Test
    void theChartHasEveryRowAndEscapesItsWords() throws IOException {
        new Results(dir)
                .replace("a", List.of(row("a", "one < two", 1, 0.2), row("a", "far", 900, null)));

        assertThat(Files.readString(dir.resolve("latest.svg")))
                .startsWith("<svg ")
                .contains("one &lt; two, ms", "far, ms")
                .endsWith("</svg>\n");
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        Files.writeString(dir.resolve("latest.json"), "[{");

        assertThatThrownBy(() -> new Results(dir).read())
                .hasMessageContaining("latest.json")
                .hasMessageContaining("delete it");
    }
}
