package carafe.image.unpack;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that something is made by one pull at a time; others wait for its end, good or bad,
 * and look again. Thread-safe.
 */
final class LayerFlights {
    private final Map<String, Turn> flying = new HashMap<>();

    /** As the other, with nothing to do before waiting. */
    @Nullable Turn begin(String id, Until until) throws InterruptedException {
        return begin(id, until, () -> {});
    }

    /**
     * Returns the turn when the caller is to make it, and closes that then. Returns null when
     * another one's turn has been waited for.
     *
     * @param joining run before waiting, and certainly before the other one's turn ends; may block
     * @throws carafe.base.CarafeException.Deadline when the other takes too long
     */
    @Nullable Turn begin(String id, Until until, Runnable joining) throws InterruptedException {
        Turn other;
        synchronized (flying) {
            other = flying.get(id);
            if (other == null) {
                Turn own = new Turn(id);
                flying.put(id, own);
                return own;
            }
        }
        other.join(joining);
        if (!other.over.await(until.left(), TimeUnit.NANOSECONDS)) {
            throw until.passed();
        }
        return null;
    }

    /** Being the one that makes it. Thread-safe; closing it twice does nothing. */
    final class Turn implements AutoCloseable {
        private final String id;
        private final CountDownLatch over = new CountDownLatch(1);
        private final ReentrantLock lock = new ReentrantLock();
        private boolean ended;

        private Turn(String id) {
            this.id = id;
        }

        private void join(Runnable joining) {
            lock.lock();
            try {
                if (!ended) {
                    joining.run();
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                ended = true;
            } finally {
                lock.unlock();
            }
            synchronized (flying) {
                flying.remove(id, this);
            }
            over.countDown();
        }
    }
}
