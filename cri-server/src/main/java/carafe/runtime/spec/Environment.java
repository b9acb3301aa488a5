package carafe.runtime.spec;

import carafe.base.CarafeException;
import carafe.runtime.api.Bytes;
import carafe.runtime.api.EnvVar;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The environment of the first process: defaults, then the image's, then the request's; a later one
 * of the same name wins. Nothing of the daemon's own environment is in it.
 */
public final class Environment {
    private static final String DEFAULT_PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Map<String, Bytes> values;

    private Environment(Map<String, Bytes> values) {
        this.values = values;
    }

    /** The environment that a request describes. */
    public static Environment of(SpecRequest request) {
        Map<String, Bytes> values = new LinkedHashMap<>();
        put(values, "PATH", DEFAULT_PATH);
        if (!request.pod().hostname().isEmpty()) {
            put(values, "HOSTNAME", request.pod().hostname());
        }
        if (request.container().stdio().tty()) {
            put(values, "TERM", "xterm");
        }
        put(values, "HOME", request.user().home());
        for (String entry : request.image().env()) {
            int equals = entry.indexOf('=');
            // An entry without a value would mean the daemon's own variable: never.
            if (equals > 0 && entry.indexOf(0) < 0) {
                put(values, entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        for (EnvVar each : request.container().env()) {
            values.put(checkedName(each), each.value());
        }
        return new Environment(values);
    }

    /** Whether every value is UTF-8, so that JSON can carry it. */
    public boolean isText() {
        return firstNotText().isEmpty();
    }

    /** Name of a variable whose value is not UTF-8; empty = there is none. */
    public Optional<String> firstNotText() {
        return values.entrySet().stream()
                .filter(each -> !isUtf8(each.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Entries {@code NAME=value}; values that are no text lose what is none. */
    List<String> entries() {
        return values.entrySet().stream()
                .map(each ->
                        each.getKey()
                                + "="
                                + new String(each.getValue().toArray(), StandardCharsets.UTF_8))
                .toList();
    }

    /** The same entries, byte for byte, in base64. */
    public List<String> base64() {
        List<String> entries = new ArrayList<>();
        values.forEach((name, value) -> {
            byte[] prefix = (name + "=").getBytes(StandardCharsets.UTF_8);
            byte[] entry = new byte[prefix.length + value.size()];
            System.arraycopy(prefix, 0, entry, 0, prefix.length);
            System.arraycopy(value.toArray(), 0, entry, prefix.length, value.size());
            entries.add(Base64.getEncoder().encodeToString(entry));
        });
        return entries;
    }

    private static void put(Map<String, Bytes> values, String name, String value) {
        values.put(name, Bytes.ofUtf8(value));
    }

    private static String checkedName(EnvVar each) {
        String name = each.name();
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf(0) >= 0) {
            throw new CarafeException.Invalid(
                    "\"%s\" cannot be the name of an environment variable".formatted(name));
        }
        if (each.value().contains((byte) 0)) {
            throw new CarafeException.Invalid(
                    "the value of environment variable %s contains a NUL byte".formatted(name));
        }
        return name;
    }

    private static boolean isUtf8(Bytes value) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value.toArray()));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
