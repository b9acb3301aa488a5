package carafe.image.download;

import java.util.concurrent.Semaphore;

/**
 * The node's connections for blobs, given in the order in which they were asked for. Each counts
 * with what it may have in flight, so that both bounds are kept by one number. Thread-safe.
 */
final class Connections {
    private final Semaphore free;

    Connections(DownloadLimits limits) {
        this.free = new Semaphore(limits.permits(), true);
    }

    /** A connection that may be made; closing it twice does nothing. */
    final class Permit implements AutoCloseable {
        private boolean held = true;

        private Permit() {}

        @Override
        public synchronized void close() {
            if (held) {
                held = false;
                free.release();
            }
        }
    }

    Permit await() throws InterruptedException {
        free.acquire();
        return new Permit();
    }

    /** Whether one is free that nobody waits for. */
    boolean hasSpare() {
        return free.availablePermits() > 0 && !free.hasQueuedThreads();
    }

    /** How many transfers wait. */
    int waiting() {
        return free.getQueueLength();
    }

    int free() {
        return free.availablePermits();
    }
}
