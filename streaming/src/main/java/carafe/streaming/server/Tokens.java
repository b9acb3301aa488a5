package carafe.streaming.server;

import carafe.base.CarafeException;
import carafe.streaming.api.StreamOrder;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the URLs that are out stand for. A token is 128 random bits, good once, for its method only,
 * within its lifetime. Thread-safe.
 */
public final class Tokens {
    private static final Duration LIFETIME = Duration.ofSeconds(60);
    private static final int MAX_OUT = 1000;
    private static final int RANDOM_BYTES = 16;

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    /** In order of their making, and so of their end. */
    private final Map<String, Offered> out = new LinkedHashMap<>();

    private record Offered(StreamOrder order, Instant until) {}

    public Tokens(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * @throws CarafeException.Exhausted when as many as may be are out
     */
    public synchronized String offer(StreamOrder order) {
        Instant now = clock.instant();
        dropOld(now);
        if (out.size() >= MAX_OUT) {
            throw new CarafeException.Exhausted(
                    "%s: %d streaming URLs are out that nobody has used; they end after %d s"
                            .formatted(order.method(), MAX_OUT, LIFETIME.toSeconds()));
        }
        byte[] bits = new byte[RANDOM_BYTES];
        random.nextBytes(bits);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        out.put(token, new Offered(order, now.plus(LIFETIME)));
        return token;
    }

    /** What the token is good for, which it is not any more. */
    public synchronized Optional<StreamOrder> take(String method, String token) {
        dropOld(clock.instant());
        @Nullable Offered offered = out.get(token);
        if (offered == null || !offered.order().method().equals(method)) {
            return Optional.empty();
        }
        out.remove(token);
        return Optional.of(offered.order());
    }

    private void dropOld(Instant now) {
        Iterator<Offered> oldest = out.values().iterator();
        while (oldest.hasNext() && !oldest.next().until().isAfter(now)) {
            oldest.remove();
        }
    }
}
