package carafe.streaming;

import java.util.concurrent.atomic.AtomicLong;

/** Memory that all captured outputs of the node may take together. Thread-safe; never waits. */
public final class OutputBudget {
    private final long capacity;
    private final AtomicLong taken = new AtomicLong();

    /**
     * @param capacity bytes
     */
    public OutputBudget(long capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("negative budget " + capacity);
        }
        this.capacity = capacity;
    }

    /**
     * Takes as much as there is.
     *
     * @param wanted bytes, not negative
     * @return bytes granted, 0 to {@code wanted}
     */
    long take(long wanted) {
        while (true) {
            long before = taken.get();
            long granted = Math.min(wanted, capacity - before);
            if (taken.compareAndSet(before, before + granted)) {
                return granted;
            }
        }
    }

    /** Gives back what was granted. */
    void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** Bytes taken now. */
    public long taken() {
        return taken.get();
    }
}
