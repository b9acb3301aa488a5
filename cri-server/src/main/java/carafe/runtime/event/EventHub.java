package carafe.runtime.event;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands each event to every subscriber through a bounded queue of its own; a subscriber whose queue
 * is full is dropped, publishers and the others never wait for it. Thread-safe.
 */
public final class EventHub {
    private static final Logger LOG = LoggerFactory.getLogger(EventHub.class);

    private final int capacity;
    private final List<Queue> subscribers = new CopyOnWriteArrayList<>();

    /**
     * @param capacity events that one subscriber may lag behind
     */
    public EventHub(int capacity) {
        this.capacity = capacity;
    }

    /** One subscriber's view of the events since it subscribed. */
    public interface Subscription extends AutoCloseable {
        /** The next event, or null when none came in time. */
        @Nullable RuntimeEvent next(Duration wait) throws InterruptedException;

        /** Whether it was dropped because it was too slow; events are then missing. */
        boolean isDropped();

        @Override
        void close();
    }

    /** Tells all subscribers; never blocks. */
    public void publish(RuntimeEvent event) {
        subscribers.removeIf(each -> !each.takes(event));
    }

    /** Begins with the next event; the caller closes it. */
    public Subscription subscribe() {
        Queue queue = new Queue();
        subscribers.add(queue);
        return queue;
    }

    /** How many listen, for leak checks. */
    public int subscribers() {
        return subscribers.size();
    }

    private final class Queue implements Subscription {
        private final BlockingQueue<RuntimeEvent> events = new ArrayBlockingQueue<>(capacity);
        private volatile boolean dropped;

        boolean takes(RuntimeEvent event) {
            if (events.offer(event)) {
                return true;
            }
            dropped = true;
            LOG.atWarn()
                    .addKeyValue("capacity", capacity)
                    .log("A subscriber of container events is too slow and was dropped");
            return false;
        }

        @Override
        public @Nullable RuntimeEvent next(Duration wait) throws InterruptedException {
            return events.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public boolean isDropped() {
            return dropped;
        }

        @Override
        public void close() {
            subscribers.remove(this);
        }
    }
}
