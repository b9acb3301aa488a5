package carafe.config;

import carafe.base.CarafeException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The flags of {@code carafe serve}: {@code --name VALUE} or {@code --name=VALUE}. They are laid
 * over every file.
 *
 * @param config the file named by {@code --config}
 * @param values dotted configuration key to text
 * @param switches the flags without a value that were given
 */
public record Flags(Optional<Path> config, Map<String, String> values, Set<String> switches) {
    private static final Map<String, String> KEYS = keys();
    private static final Set<String> LIST_KEYS = Set.of("cni.bin_dirs", "devices.cdi_spec_dirs");

    private static Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("--root", "storage.root");
        keys.put("--state", "storage.state");
        keys.put("--socket", "grpc.socket");
        keys.put("--metrics-address", "metrics.address");
        keys.put("--network-mode", "network.mode");
        keys.put("--network-bridge", "network.bridge");
        keys.put("--cni-conf-dir", "cni.conf_dir");
        keys.put("--cni-bin-dir", "cni.bin_dirs");
        keys.put("--cdi-spec-dir", "devices.cdi_spec_dirs");
        keys.put("--cgroup-driver", "cgroup.driver");
        keys.put("--systemd-bus", "cgroup.systemd_bus");
        keys.put("--shims-cgroup", "cgroup.shims");
        keys.put("--pods-cgroup", "cgroup.pods_without_parent");
        keys.put("--log-level", "log.level");
        return keys;
    }

    /**
     * @param arguments what follows the command's name
     * @param knownSwitches flags without a value that this command has, as {@code --demo}
     * @throws CarafeException.Invalid for an unknown flag or a missing value
     */
    public static Flags parse(List<String> arguments, Set<String> knownSwitches) {
        Map<String, String> values = new LinkedHashMap<>();
        Set<String> switches = new java.util.LinkedHashSet<>();
        @Nullable Path config = null;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (knownSwitches.contains(argument)) {
                switches.add(argument);
                continue;
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (!name.equals("--config") && !KEYS.containsKey(name)) {
                throw unknown(name, knownSwitches);
            }
            if (equals < 0 && i + 1 == arguments.size()) {
                throw new CarafeException.Invalid(name + " needs a value");
            }
            String value = equals < 0 ? arguments.get(++i) : argument.substring(equals + 1);
            if (name.equals("--config")) {
                config = Path.of(value);
            } else {
                values.put(KEYS.getOrDefault(name, name), absolute(name, value));
            }
        }
        return new Flags(Optional.ofNullable(config), values, switches);
    }

    /** The flag that sets a key, for messages. */
    static String nameOf(String key) {
        return KEYS.entrySet().stream()
                .filter(e -> e.getValue().equals(key))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(key);
    }

    static boolean isList(String key) {
        return LIST_KEYS.contains(key);
    }

    /** Paths on a command line may be relative to where the user stands. */
    private static String absolute(String name, String value) {
        return switch (name) {
            case "--root",
                    "--state",
                    "--socket",
                    "--cni-conf-dir",
                    "--cni-bin-dir",
                    "--cdi-spec-dir",
                    "--systemd-bus" ->
                    Path.of(value).toAbsolutePath().normalize().toString();
            default -> value;
        };
    }

    private static CarafeException.Invalid unknown(String name, Set<String> switches) {
        return new CarafeException.Invalid(
                "unknown flag %s; known are --config, %s%s"
                        .formatted(
                                name,
                                String.join(", ", KEYS.keySet()),
                                switches.stream()
                                        .map(s -> ", " + s)
                                        .collect(Collectors.joining())));
    }
}
