package carafe.config;

import carafe.config.CarafeConfig.Handler;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Lays the values of a tree over a record: what the tree does not name keeps its value. */
final class ConfigBinder {
    private static final int MAX_PORT = 65_535;

    private static final String OWN_HANDLER = "carafe";
    private static final Pattern HANDLER = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private ConfigBinder() {}

    /**
     * @throws ConfigKeyException for the first key that is unknown or has a wrong value
     */
    static CarafeConfig overlay(CarafeConfig base, JsonNode tree) throws ConfigKeyException {
        return overlayRecord(base, tree, "");
    }

    private static <T extends Record> T overlayRecord(T base, JsonNode tree, String path)
            throws ConfigKeyException {
        if (!tree.isObject()) {
            throw new ConfigKeyException(path, path + " must be a table");
        }
        RecordComponent[] components = base.getClass().getRecordComponents();
        for (Map.Entry<String, JsonNode> entry : tree.properties()) {
            if (Arrays.stream(components).noneMatch(c -> key(c).equals(entry.getKey()))) {
                throw unknown(components, join(path, entry.getKey()), path);
            }
        }
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Object old = read(components[i], base);
            JsonNode node = tree.get(key(components[i]));
            String at = join(path, key(components[i]));
            values[i] = node == null ? old : value(components[i], old, node, at);
        }
        return create(base, values, path);
    }

    private static Object value(RecordComponent component, Object old, JsonNode node, String path)
            throws ConfigKeyException {
        if (old instanceof Record nested && !(old instanceof Bytes)) {
            return overlayRecord(nested, node, path);
        }
        if (old instanceof Map<?, ?> named) {
            return handlers(named, node, path);
        }
        try {
            return scalarOrList(component.getGenericType(), node);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ConfigKeyException(path, path + ": " + e.getMessage());
        }
    }

    /** The only tables whose names are the user's. */
    private static Map<String, Handler> handlers(Map<?, ?> old, JsonNode node, String path)
            throws ConfigKeyException {
        if (!node.isObject()) {
            throw new ConfigKeyException(path, path + " must be a table");
        }
        Map<String, Handler> all = new LinkedHashMap<>();
        old.forEach((name, handler) -> all.put((String) name, (Handler) handler));
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String name = entry.getKey();
            String at = join(path, name);
            if (!HANDLER.matcher(name).matches() || name.equals(OWN_HANDLER)) {
                throw new ConfigKeyException(
                        at,
                        "%s: \"%s\" cannot be a handler's name; write at most 63 lower-case letters, digits and dashes, and not %s, which is Carafe itself"
                                .formatted(path, name, OWN_HANDLER));
            }
            Handler base = all.getOrDefault(name, Handler.UNSET);
            Handler handler = overlayRecord(base, entry.getValue(), at);
            if (handler.program().toString().isEmpty()) {
                throw new ConfigKeyException(at, at + " needs a program");
            }
            all.put(name, handler);
        }
        return all;
    }

    private static Object scalarOrList(Type type, JsonNode node) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            if (!node.isArray()) {
                throw new IllegalArgumentException("must be a list");
            }
            List<Object> items = new ArrayList<>();
            for (JsonNode item : node) {
                items.add(scalar((Class<?>) list.getActualTypeArguments()[0], item));
            }
            return items;
        }
        return scalar((Class<?>) type, node);
    }

    private static Object scalar(Class<?> type, JsonNode node) {
        if (type == boolean.class) {
            if (!node.isBoolean()) {
                throw new IllegalArgumentException("must be true or false");
            }
            return node.booleanValue();
        }
        if (type == int.class) {
            if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
                throw new IllegalArgumentException("must be a whole number, 0 or more");
            }
            return node.intValue();
        }
        if (!node.isString()) {
            throw new IllegalArgumentException("must be a text in quotes");
        }
        return text(type, node.stringValue());
    }

    private static Object text(Class<?> type, String text) {
        if (type == String.class) {
            return text;
        } else if (type == Path.class) {
            return path(text);
        } else if (type == Bytes.class) {
            return Bytes.parse(text);
        } else if (type == Duration.class) {
            return DurationText.parse(text);
        } else if (type == InetSocketAddress.class) {
            return address(text);
        } else if (type.isEnum()) {
            return choice(type, text);
        }
        throw new IllegalStateException("no way to read a " + type);
    }

    private static Path path(String text) {
        Path path = Path.of(text);
        if (!text.isEmpty() && !path.isAbsolute()) {
            throw new IllegalArgumentException("\"%s\" must be an absolute path".formatted(text));
        }
        return path.normalize();
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 1 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > MAX_PORT) {
            throw new IllegalArgumentException(
                    "\"%s\" is not an address; write for example 127.0.0.1:10010".formatted(text));
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        InetAddress literal =
                InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host);
        return new InetSocketAddress(literal, Integer.parseInt(port));
    }

    private static Object choice(Class<?> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(c -> c.toString().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "\"%s\" is not one of %s".formatted(text, names(type))));
    }

    private static String names(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(c -> c.toString().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    private static ConfigKeyException unknown(
            RecordComponent[] components, String path, String where) {
        String known =
                Arrays.stream(components).map(ConfigBinder::key).collect(Collectors.joining(", "));
        return new ConfigKeyException(
                path,
                "unknown key %s; %s knows %s"
                        .formatted(path, where.isEmpty() ? "the file" : "[" + where + "]", known));
    }

    static Object read(RecordComponent component, Record owner) {
        try {
            return component.getAccessor().invoke(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }

    /** A record of the same class with other values, which are known to be right. */
    static <T extends Record> T remake(T base, Object[] values) {
        try {
            return create(base, values, "");
        } catch (ConfigKeyException e) {
            throw new IllegalStateException("values of one configuration do not fit", e);
        }
    }

    @SuppressWarnings("unchecked") // the canonical constructor of base's own class
    private static <T extends Record> T create(T base, Object[] values, String path)
            throws ConfigKeyException {
        Class<?>[] types =
                Arrays.stream(base.getClass().getRecordComponents())
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = base.getClass().getDeclaredConstructor(types);
            return (T) constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            if (e.getCause() instanceof IllegalArgumentException wrong) {
                throw new ConfigKeyException(path, path + ": " + wrong.getMessage());
            }
            throw new IllegalStateException("cannot make " + base.getClass(), e);
        }
    }

    /** The key of a component: its name in snake_case. */
    static String key(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
