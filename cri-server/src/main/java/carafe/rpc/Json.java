package carafe.rpc;

import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Writes the JSON texts of verbose answers. Thread-safe. */
final class Json {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Json() {}

    /** The text of a tree of maps, lists, texts, numbers and parsed JSON. */
    static String write(Map<String, ?> tree) {
        return MAPPER.writeValueAsString(tree);
    }

    /** As {@link #write}, for people. */
    static String pretty(Map<String, ?> tree) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
    }

    /** Parses a text that Carafe keeps as it was given, to embed it in an answer. */
    static Object embed(String json) {
        return MAPPER.readTree(json);
    }
}
