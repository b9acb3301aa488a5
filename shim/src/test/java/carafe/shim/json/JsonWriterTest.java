package carafe.shim.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class JsonWriterTest {
    @Test
    void whatWasReadIsWrittenAgain() throws JsonException {
        String text =
                "{\"a\":[1,-2,18446744073709551615,true,false,\"\"],\"b\":{\"ü\\\"\\\\\":{}},"
                        + "\"c\":[[],[{}]]}";
        assertThat(text(new JsonWriter().copy(json(text)))).isEqualTo(text);
    }

    @Test
    void controlCharactersAreEscaped() {
        byte[] bytes = {'a', '\n', 0x7f, 1};
        assertThat(text(new JsonWriter().string(bytes))).isEqualTo("\"a\\u000a\\u007f\\u0001\"");
    }

    @Test
    void nullsAreLeftOut() throws JsonException {
        assertThat(text(new JsonWriter().copy(json("{\"a\":null,\"b\":1}"))))
                .isEqualTo("{\"b\":1}");
    }

    @Test
    void membersAreAddedToAnObject() throws JsonException {
        JsonWriter out = new JsonWriter().beginObject();
        out.name("x").copy(json("[1]"));
        out.name("args").beginList().string(new byte[] {'s', 'h'}).string(new byte[0]).endList();
        out.name("terminal").flag(true);
        assertThat(text(out.endObject()))
                .isEqualTo("{\"x\":[1],\"args\":[\"sh\",\"\"],\"terminal\":true}");
    }

    private static Json json(String text) throws JsonException {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(JsonWriter writer) {
        return new String(writer.bytes(), StandardCharsets.UTF_8);
    }
}
