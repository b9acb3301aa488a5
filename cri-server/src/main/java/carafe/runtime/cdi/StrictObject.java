package carafe.runtime.cdi;

import carafe.base.CarafeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * An object of a file, read strictly: what was not asked for when it is closed is refused by name,
 * because a part of a device that is passed over makes a device that does not work. Used by one
 * thread.
 */
final class StrictObject {
    private static final int MAX_ELEMENTS = 10_000;

    private final JsonNode node;
    private final String where;
    private final Set<String> asked = new TreeSet<>();

    /**
     * @param where in the file, for messages
     */
    StrictObject(JsonNode node, String where) {
        if (!node.isObject()) {
            throw new CarafeException.Invalid(where + " is no object");
        }
        this.node = node;
        this.where = where;
    }

    /** A text that must be there and not be empty. */
    String text(String name) {
        String value = text(name, "");
        if (value.isEmpty()) {
            throw new CarafeException.Invalid(at(name) + " is missing");
        }
        return value;
    }

    String text(String name, String absent) {
        JsonNode value = get(name);
        return isAbsent(value) ? absent : text(value, at(name));
    }

    /** A whole number, or {@link ContainerEdits#UNSAID}. */
    long number(String name, long max) {
        JsonNode value = get(name);
        if (isAbsent(value)) {
            return ContainerEdits.UNSAID;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < 0
                || value.longValue() > max) {
            throw new CarafeException.Invalid(
                    "%s is not a whole number from 0 to %d".formatted(at(name), max));
        }
        return value.longValue();
    }

    /** Permission bits: a number, or the octal text of YAML, {@code 0660} or {@code 0o660}. */
    long fileMode(String name) {
        JsonNode value = get(name);
        if (value != null && value.isString() && value.stringValue().matches("0o?[0-7]{1,6}")) {
            return Long.parseLong(value.stringValue().replace("o", ""), 8);
        }
        return number(name, 0777777);
    }

    List<String> texts(String name) {
        return list(name, StrictObject::text);
    }

    List<StrictObject> objects(String name) {
        return list(name, StrictObject::new);
    }

    List<Long> numbers(String name, long max) {
        return list(
                name,
                (value, at) -> {
                    if (!value.isIntegralNumber()
                            || !value.canConvertToLong()
                            || value.longValue() < 0
                            || value.longValue() > max) {
                        throw new CarafeException.Invalid(at + " is not a number up to " + max);
                    }
                    return value.longValue();
                });
    }

    /** An object inside; absent = what the reader makes of none. */
    <T> T object(String name, T absent, Function<StrictObject, T> reader) {
        JsonNode value = get(name);
        return isAbsent(value) ? absent : reader.apply(new StrictObject(value, at(name)));
    }

    /** Passes over a member that changes nothing, such as annotations. */
    void ignore(String name) {
        asked.add(name);
    }

    boolean has(String name) {
        return !isAbsent(node.get(name));
    }

    /**
     * @throws CarafeException.Invalid when there are members that nobody asked for
     */
    void close() {
        Set<String> unknown = new TreeSet<>(node.propertyNames());
        unknown.removeAll(asked);
        if (!unknown.isEmpty()) {
            throw new CarafeException.Invalid(
                    "%s has what Carafe does not know: %s"
                            .formatted(where, String.join(", ", unknown)));
        }
    }

    String at(String name) {
        return where + "." + name;
    }

    private interface Element<T> {
        T read(JsonNode value, String at);
    }

    private <T> List<T> list(String name, Element<T> element) {
        JsonNode value = get(name);
        List<T> elements = new ArrayList<>();
        if (isAbsent(value)) {
            return elements;
        }
        if (!value.isArray() || value.size() > MAX_ELEMENTS) {
            throw new CarafeException.Invalid(
                    "%s is no list of at most %d".formatted(at(name), MAX_ELEMENTS));
        }
        for (int i = 0; i < value.size(); i++) {
            elements.add(element.read(value.get(i), at(name) + "[" + i + "]"));
        }
        return elements;
    }

    private static String text(JsonNode value, String at) {
        if (!value.isString() || value.stringValue().indexOf(0) >= 0) {
            throw new CarafeException.Invalid(at + " is no text");
        }
        return value.stringValue();
    }

    private JsonNode get(String name) {
        asked.add(name);
        return node.path(name);
    }

    private static boolean isAbsent(JsonNode value) {
        return value == null || value.isMissingNode() || value.isNull();
    }
}
