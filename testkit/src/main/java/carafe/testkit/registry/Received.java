package carafe.testkit.registry;

import java.util.Locale;
import java.util.Map;

/**
 * A request as it arrived.
 *
 * @param target path and query as sent
 * @param headers by lower-case name; the last of a repeated header wins
 * @param body text of a form post, else empty
 */
public record Received(String method, String target, Map<String, String> headers, String body) {
    public Received {
        headers = Map.copyOf(headers);
    }

    /** The header's value, or empty. */
    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** The target without its query. */
    public String path() {
        int question = target.indexOf('?');
        return question < 0 ? target : target.substring(0, question);
    }
}
