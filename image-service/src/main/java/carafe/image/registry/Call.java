package carafe.image.registry;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * One HTTP request.
 *
 * @param form a form to post, or empty for a GET
 */
record Call(URI uri, Map<String, String> headers, String form) {
    /** Headers that say nothing about who asks, and may go to another origin. */
    private static final Set<String> HARMLESS = Set.of("Accept", "Range");

    Call {
        headers = Map.copyOf(headers);
    }

    static Call get(URI uri) {
        return new Call(uri, Map.of(), "");
    }

    Call with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Call(uri, more, form);
    }

    /** The same request at another place, without credentials unless it is the same origin. */
    Call at(URI target) {
        if (Origin.of(target).equals(Origin.of(uri))) {
            return new Call(target, headers, form);
        }
        Map<String, String> kept = new LinkedHashMap<>(headers);
        kept.keySet().retainAll(HARMLESS);
        return new Call(target, kept, form);
    }

    /** Shows nothing of headers and query. */
    @Override
    public String toString() {
        return TargetPolicy.shown(uri);
    }
}
