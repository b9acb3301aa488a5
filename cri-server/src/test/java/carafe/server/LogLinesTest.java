package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.config.CarafeConfig;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogLinesTest {
    private final LoggerContext context = new LoggerContext();
    private final LogLines lines = new LogLines(context);

    private String line() {
        lines.start();
        LoggingEvent event =
                new LoggingEvent(
                        "x",
                        context.getLogger("carafe.rpc.CallLog"),
                        Level.INFO,
                        "Call \"done\"\nwell",
                        new IllegalStateException("no disk"),
                        null);
        event.setKeyValuePairs(
                List.of(
                        new KeyValuePair("sandbox", "abc"),
                        new KeyValuePair("ms", 7L),
                        new KeyValuePair("level", "not this")));
        return lines.doLayout(event);
    }

    @Test
    void anObjectALineHasTheKeysAndTheException() {
        lines.format(CarafeConfig.Format.JSON);
        String line = line();
        assertThat(line).endsWith("}\n").hasLineCount(1);
        JsonNode json = new JsonMapper().readTree(line);
        assertThat(json.path("level").asString()).isEqualTo("INFO");
        assertThat(json.path("message").asString()).isEqualTo("Call \"done\"\nwell");
        assertThat(json.path("sandbox").asString()).isEqualTo("abc");
        assertThat(json.path("ms").asLong()).isEqualTo(7);
        assertThat(json.path("exception").asString()).contains("no disk");
        assertThat(json.path("time").asString()).endsWith("Z");
    }

    @Test
    void textIsAsItWas() {
        assertThat(line()).contains("INFO  CallLog: Call", "sandbox=\"abc\"", "no disk");
    }
}
