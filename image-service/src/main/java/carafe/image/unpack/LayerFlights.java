package carafe.image.unpack;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that a layer is unpacked by one pull at a time; others wait for its end, good or bad,
 * and look again. Thread-safe.
 */
final class LayerFlights {
    private final Map<String, CountDownLatch> flying = new HashMap<>();

    /**
     * Returns true when the caller is to unpack the layer, and must call {@link #end} then. Returns
     * false when another pull has been waited for.
     *
     * @throws carafe.base.CarafeException.Deadline when the other takes too long
     */
    boolean begin(String chainId, Until until) throws InterruptedException {
        CountDownLatch other;
        synchronized (flying) {
            other = flying.get(chainId);
            if (other == null) {
                flying.put(chainId, new CountDownLatch(1));
                return true;
            }
        }
        if (!other.await(until.left(), TimeUnit.NANOSECONDS)) {
            throw until.passed();
        }
        return false;
    }

    void end(String chainId) {
        synchronized (flying) {
            CountDownLatch own = flying.remove(chainId);
            if (own != null) {
                own.countDown();
            }
        }
    }
}
