package carafe.runtime.shim;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much output all execs of the node together may hold in memory, so that a hundred probes that
 * print without end do not fill the heap. Thread-safe.
 */
public final class OutputBudget {
    private final AtomicLong left;

    /**
     * @param bytes for all execs together, beyond what each is guaranteed
     */
    public OutputBudget(long bytes) {
        left = new AtomicLong(bytes);
    }

    /**
     * Takes all or nothing.
     *
     * @return whether the bytes were left
     */
    boolean take(long bytes) {
        long before = left.get();
        while (before >= bytes) {
            if (left.compareAndSet(before, before - bytes)) {
                return true;
            }
            before = left.get();
        }
        return false;
    }

    void giveBack(long bytes) {
        left.addAndGet(bytes);
    }

    /** Bytes not taken, for metrics and leak checks. */
    public long left() {
        return left.get();
    }
}
