package carafe.image.registry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Which hosts have lately answered a request for a part of a blob by something else. They are not
 * asked for parts for an hour. Thread-safe.
 */
final class RangeMemory {
    private static final long KEPT_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int MOST = 1000;

    private final Map<Origin, Long> refused = new ConcurrentHashMap<>();

    void refuses(Origin host) {
        long now = System.nanoTime();
        if (refused.size() >= MOST) {
            refused.values().removeIf(at -> now - at > KEPT_NANOS);
        }
        if (refused.size() < MOST) {
            refused.put(host, now);
        }
    }

    boolean mayBeAsked(Origin host) {
        Long at = refused.get(host);
        return at == null || System.nanoTime() - at > KEPT_NANOS;
    }
}
