package carafe.image.registry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one host is spoken to. Keys and headers are secrets of that host: they go nowhere else.
 *
 * @param keys what we show when it asks who we are
 * @param headers sent with every request to it
 * @param connect until a connection stands; absent = as for every host
 */
public record Access(
        Trust trust,
        List<ClientKey> keys,
        Map<String, String> headers,
        @Nullable Duration connect) {
    /** A host nobody configured. */
    static final Access PLAIN = new Access(new Trust.Machine(), List.of(), Map.of(), null);

    public Access {
        keys = List.copyOf(keys);
        headers = Map.copyOf(headers);
    }

    /**
     * How another host is spoken to that this one points to: its authorities count, but neither
     * trust without any check nor what identifies us.
     */
    Access elsewhere() {
        Trust kept = trust instanceof Trust.Anybody ? new Trust.Machine() : trust;
        return new Access(kept, List.of(), Map.of(), connect);
    }

    /** Header names and values may be secrets; they are not shown. */
    @Override
    public String toString() {
        return "Access[%s, %d keys, headers %s]".formatted(trust, keys.size(), headers.keySet());
    }
}
