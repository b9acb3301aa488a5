package carafe.runtime.event;

import carafe.base.CarafeException;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.api.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands each event to every subscriber through a bounded queue of its own; a subscriber whose queue
 * is full is dropped, publishers and the others never wait for it. Thread-safe.
 */
public final class EventHub {
    private static final Logger LOG = LoggerFactory.getLogger(EventHub.class);

    private final Limits limits;
    private final Runnable whenDropped;
    private final List<Queue> subscribers = new CopyOnWriteArrayList<>();

    public EventHub(Limits limits) {
        this(limits, () -> {});
    }

    /**
     * @param whenDropped told of every subscriber that was too slow; quick
     */
    public EventHub(Limits limits, Runnable whenDropped) {
        this.limits = limits;
        this.whenDropped = whenDropped;
    }

    /**
     * @param lag events that one subscriber may lag behind
     * @param subscribers at the same time
     */
    public record Limits(int lag, int subscribers) {}

    /** Whether anybody would hear of an event. */
    public boolean isHeard() {
        return !subscribers.isEmpty();
    }

    /** Tells all subscribers; never blocks. */
    public void publish(RuntimeEvent event) {
        subscribers.removeIf(each -> !each.takes(event));
    }

    /**
     * Begins with the next event; the caller closes it.
     *
     * @throws CarafeException.Exhausted when there are too many subscribers
     */
    public synchronized Subscription subscribe() {
        if (subscribers.size() >= limits.subscribers()) {
            throw new CarafeException.Exhausted(
                    "%d callers listen to events already, no more are taken; end one of them"
                            .formatted(limits.subscribers()));
        }
        Queue queue = new Queue();
        subscribers.add(queue);
        return queue;
    }

    /** How many listen, for leak checks. */
    public int subscribers() {
        return subscribers.size();
    }

    private final class Queue implements Subscription {
        /** A subscriber that empties its queue while it is being dropped notices that late. */
        private static final Duration LOOK = Duration.ofSeconds(30);

        private final BlockingQueue<RuntimeEvent> events = new ArrayBlockingQueue<>(limits.lag());
        private volatile boolean dropped;

        boolean takes(RuntimeEvent event) {
            if (events.offer(event)) {
                return true;
            }
            dropped = true;
            whenDropped.run();
            LOG.atWarn()
                    .addKeyValue("lag", limits.lag())
                    .log("A subscriber of container events is too slow and was dropped");
            return false;
        }

        @Override
        public RuntimeEvent next() throws InterruptedException {
            while (true) {
                RuntimeEvent event =
                        dropped ? events.poll() : events.poll(LOOK.toSeconds(), TimeUnit.SECONDS);
                if (event != null) {
                    return event;
                }
                if (dropped) {
                    throw new CarafeException.Exhausted(
                            "more than %d events wait unread and the next ones are lost; list pods and containers, then subscribe again"
                                    .formatted(limits.lag()));
                }
            }
        }

        @Override
        public void close() {
            subscribers.remove(this);
        }
    }
}
