package carafe.image.snapshot;

import carafe.linux.SyscallException;

/**
 * Lets several threads share one slow sync: whoever comes while one runs waits for the next, which
 * one of the waiting runs for all. Thread-safe.
 */
final class GroupSync {
    private final Sync sync;
    private long started;
    private long finished;
    private long failedUpTo;
    private boolean running;

    GroupSync(Sync sync) {
        this.sync = sync;
    }

    /** The slow thing. */
    @FunctionalInterface
    interface Sync {
        void run() throws SyscallException;
    }

    /** Returns when a sync that began after this call has ended well. */
    void run() throws SyscallException, InterruptedException {
        long wanted;
        synchronized (this) {
            wanted = started + 1;
            while (running && finished < wanted) {
                wait();
            }
            if (finished >= wanted && failedUpTo < wanted) {
                return;
            }
            running = true;
            started++;
        }
        lead();
    }

    private void lead() throws SyscallException {
        boolean done = false;
        try {
            sync.run();
            done = true;
        } finally {
            synchronized (this) {
                running = false;
                finished = started;
                if (!done) {
                    failedUpTo = finished;
                }
                notifyAll();
            }
        }
    }
}
