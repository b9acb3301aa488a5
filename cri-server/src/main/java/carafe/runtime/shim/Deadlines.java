package carafe.runtime.shim;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes things whose time is up, which frees whoever waits for them; socket channels have no
 * time-out of their own. One thread, which is woken only for a deadline that is earlier than the
 * one it sleeps until: most clocks are stopped long before their time, and a wake-up for each of
 * them would cost every exec a change of threads. Thread-safe.
 */
public final class Deadlines implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

    /** When there is nothing to wait for. */
    private static final long NEVER = Long.MAX_VALUE;

    private final long origin = System.nanoTime();
    private final AtomicLong numbers = new AtomicLong();
    private final ConcurrentSkipListSet<Running> running =
            new ConcurrentSkipListSet<>(
                    Comparator.comparingLong(Running::end).thenComparingLong(Running::number));
    private final Thread timer;

    /** When the thread looks again, in nanoseconds since {@link #origin}. */
    private volatile long nextLook = NEVER;

    private volatile boolean closed;

    public Deadlines() {
        timer = Thread.ofPlatform().daemon().name("shim-deadlines").start(this::watch);
    }

    /** A running deadline; closing it stops the clock. */
    final class Running implements AutoCloseable {
        private final long end;
        private final long number;
        private final Closeable target;
        private volatile boolean passed;

        private Running(long end, Closeable target) {
            this.end = end;
            this.number = numbers.getAndIncrement();
            this.target = target;
        }

        private long end() {
            return end;
        }

        private long number() {
            return number;
        }

        /** Whether the time was up. */
        boolean passed() {
            return passed;
        }

        private void pass() {
            passed = true;
            closeQuietly(target);
        }

        @Override
        public void close() {
            running.remove(this);
        }
    }

    /** Closes the target after that time, unless the returned clock is stopped before. */
    Running closeAfter(Duration after, Closeable target) {
        Running added = new Running(now() + Math.max(0, after.toNanos()), target);
        running.add(added);
        if (added.end < nextLook) {
            LockSupport.unpark(timer);
        }
        return added;
    }

    private long now() {
        return System.nanoTime() - origin;
    }

    private void watch() {
        while (!closed) {
            for (Running due : due()) {
                due.pass();
            }
            nextLook = firstEnd();
            // Looked at again after the announcement: what was added meanwhile has woken nobody.
            if (firstEnd() < nextLook) {
                continue;
            }
            if (nextLook == NEVER) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, nextLook - now());
            }
        }
    }

    private long firstEnd() {
        Iterator<Running> first = running.iterator();
        return first.hasNext() ? first.next().end : NEVER;
    }

    private List<Running> due() {
        long now = now();
        List<Running> due = new ArrayList<>();
        for (Running each : running) {
            if (each.end > now) {
                break;
            }
            if (running.remove(each)) {
                due.add(each);
            }
        }
        return due;
    }

    private static void closeQuietly(Closeable target) {
        try {
            target.close();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("Closing at a deadline failed");
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(timer);
    }
}
