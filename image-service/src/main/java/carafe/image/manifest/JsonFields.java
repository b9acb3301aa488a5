package carafe.image.manifest;

import carafe.base.CarafeException;
import carafe.image.reference.Excerpt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Typed access to one object's fields. JSON's null counts as absent, as other writers mean it; a
 * value of the wrong type is refused with its path.
 *
 * @param path the object's place in its document, for messages
 */
record JsonFields(String path, ObjectNode object) {
    private @Nullable JsonNode field(String name) {
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? null : node;
    }

    boolean has(String name) {
        return object.has(name);
    }

    /** The text, or empty. */
    String text(String name) {
        JsonNode node = field(name);
        if (node == null) {
            return "";
        }
        if (!node.isString()) {
            throw wrong(name, "a string");
        }
        return node.stringValue();
    }

    /** A whole number of the given range; must be there. */
    long number(String name, long min, long max) {
        JsonNode node = field(name);
        if (node == null || !node.isIntegralNumber() || !node.canConvertToLong()) {
            throw wrong(name, "a whole number");
        }
        long value = node.longValue();
        if (value < min || value > max) {
            throw wrong(name, "%d to %d".formatted(min, max));
        }
        return value;
    }

    /** The object below, or null. */
    @Nullable JsonFields optional(String name) {
        JsonNode node = field(name);
        if (node == null) {
            return null;
        }
        if (node instanceof ObjectNode child) {
            return new JsonFields(path + "." + name, child);
        }
        throw wrong(name, "an object");
    }

    /** The object below; must be there. */
    JsonFields required(String name) {
        JsonFields child = optional(name);
        if (child == null) {
            throw wrong(name, "an object");
        }
        return child;
    }

    /** The objects of an array; none when it is absent. */
    List<JsonFields> objects(String name) {
        List<JsonFields> children = new ArrayList<>();
        for (JsonNode node : array(name)) {
            if (!(node instanceof ObjectNode child)) {
                throw wrong(name, "an array of objects");
            }
            children.add(new JsonFields("%s.%s[%d]".formatted(path, name, children.size()), child));
        }
        return children;
    }

    /** The texts of an array; none when it is absent. */
    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (JsonNode node : array(name)) {
            if (!node.isString()) {
                throw wrong(name, "an array of strings");
            }
            texts.add(node.stringValue());
        }
        return texts;
    }

    /** The texts of an object by key; none when it is absent. */
    Map<String, String> textMap(String name) {
        JsonFields child = optional(name);
        Map<String, String> texts = new LinkedHashMap<>();
        if (child != null) {
            for (String key : child.object().propertyNames()) {
                texts.put(key, child.text(key));
            }
        }
        return texts;
    }

    /** The keys of an object; none when it is absent. */
    List<String> keys(String name) {
        JsonFields child = optional(name);
        return child == null ? List.of() : List.copyOf(child.object().propertyNames());
    }

    private Iterable<JsonNode> array(String name) {
        JsonNode node = field(name);
        if (node == null) {
            return List.of();
        }
        if (node instanceof ArrayNode array) {
            return array;
        }
        throw wrong(name, "an array");
    }

    private CarafeException.Invalid wrong(String name, String expected) {
        return new CarafeException.Invalid(
                "%s: %s must be %s".formatted(path, Excerpt.of(name), expected));
    }
}
