package carafe.testkit.registry;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a well-behaved registry would answer.
 *
 * @param headers without Content-Length and Connection, which the wire adds
 * @param body owned by the reply; do not change it
 */
@SuppressWarnings("ArrayRecordComponent") // tests share the bytes on purpose
public record Reply(int status, Map<String, String> headers, byte[] body) {
    public Reply {
        headers = Map.copyOf(headers);
    }

    /** A reply with a JSON error body as registries send it. */
    public static Reply error(int status, String code, String message) {
        String body =
                "{\"errors\":[{\"code\":\"%s\",\"message\":\"%s\"}]}".formatted(code, message);
        return new Reply(
                status,
                Map.of("Content-Type", "application/json"),
                body.getBytes(StandardCharsets.UTF_8));
    }

    /** The same reply with one more header. */
    public Reply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, more, body);
    }
}
