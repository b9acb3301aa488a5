package carafe.runtime.shim;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes things whose time is up, which frees whoever waits for them; socket channels have no
 * time-out of their own. One thread. Thread-safe.
 */
public final class Deadlines implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

    private final ScheduledThreadPoolExecutor timer;

    public Deadlines() {
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("shim-deadlines").factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    /** A running deadline; closing it stops the clock. */
    final class Running implements AutoCloseable {
        private final ScheduledFuture<?> task;
        private volatile boolean passed;

        private Running(Duration after, Closeable target) {
            task =
                    timer.schedule(
                            () -> {
                                passed = true;
                                closeQuietly(target);
                            },
                            after.toNanos(),
                            TimeUnit.NANOSECONDS);
        }

        /** Whether the time was up. */
        boolean passed() {
            return passed;
        }

        @Override
        public void close() {
            task.cancel(false);
        }
    }

    /** Closes the target after that time, unless the returned clock is stopped before. */
    Running closeAfter(Duration after, Closeable target) {
        return new Running(after, target);
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
        timer.shutdownNow();
    }
}
