package carafe.config;

import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A configuration as sections of keys, with its values as a file writes them. */
public final class ConfigTree {
    private ConfigTree() {}

    /** Section to key to text, number, truth or list of texts; in the order of the default file. */
    public static Map<String, Map<String, Object>> of(CarafeConfig config) {
        Map<String, Map<String, Object>> tree = new LinkedHashMap<>();
        for (RecordComponent section : CarafeConfig.class.getRecordComponents()) {
            Record values = (Record) ConfigBinder.read(section, config);
            Map<String, Object> keys = new LinkedHashMap<>();
            for (RecordComponent key : values.getClass().getRecordComponents()) {
                keys.put(ConfigBinder.key(key), value(ConfigBinder.read(key, values)));
            }
            tree.put(ConfigBinder.key(section), keys);
        }
        return tree;
    }

    private static Object value(Object value) {
        return switch (value) {
            case Boolean truth -> truth;
            case Integer number -> number;
            case Duration span -> DurationText.format(span);
            case InetSocketAddress a -> a.getAddress().getHostAddress() + ":" + a.getPort();
            case Enum<?> choice -> choice.name().toLowerCase(Locale.ROOT);
            case List<?> list -> list.stream().map(ConfigTree::value).toList();
            default -> value.toString();
        };
    }
}
