package carafe.runtime.cdi;

import carafe.base.CarafeException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** YAML as the tree that JSON gives. Bounded in size, depth and aliases; makes no objects. */
final class YamlTree {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_CHARACTERS = 1 << 20;
    private static final int MAX_ALIASES = 50;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private YamlTree() {}

    /**
     * @throws CarafeException.Invalid when it is none, or not one document
     */
    static JsonNode read(String text) {
        LoadSettings settings =
                LoadSettings.builder()
                        .setAllowDuplicateKeys(false)
                        .setAllowRecursiveKeys(false)
                        .setMaxAliasesForCollections(MAX_ALIASES)
                        .setCodePointLimit(MAX_CHARACTERS)
                        .build();
        try {
            checkDepth(settings, text);
            return node(new Load(settings).loadFromString(text));
        } catch (YamlEngineException e) {
            throw new CarafeException.Invalid("it is no YAML: " + e.getMessage(), e);
        }
    }

    /** The parser itself would go as deep as the file says, and the stack is not. */
    private static void checkDepth(LoadSettings settings, String text) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                throw new CarafeException.Invalid("it is nested deeper than " + MAX_DEPTH);
            }
        }
    }

    private static JsonNode node(@Nullable Object value) {
        return switch (value) {
            case null -> NODES.nullNode();
            case Map<?, ?> map -> object(map);
            case List<?> list -> {
                ArrayNode array = NODES.arrayNode();
                list.forEach(each -> array.add(node(each)));
                yield array;
            }
            case Boolean truth -> NODES.booleanNode(truth);
            case Integer number -> NODES.numberNode(number);
            case Long number -> NODES.numberNode(number);
            case BigInteger number -> NODES.numberNode(number);
            case Double number -> NODES.numberNode(number);
            case String text -> NODES.stringNode(text);
            default ->
                    throw new CarafeException.Invalid(
                            "it holds a " + value.getClass().getSimpleName());
        };
    }

    private static ObjectNode object(Map<?, ?> map) {
        ObjectNode object = NODES.objectNode();
        map.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new CarafeException.Invalid("it has a key that is no text: " + key);
            }
            object.set(name, node(value));
        });
        return object;
    }
}
