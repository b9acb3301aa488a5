package carafe.image.download;

import java.util.concurrent.TimeUnit;

/**
 * Decides when one more connection for a blob is worth it: whoever unpacks waited for bytes most of
 * the last half second, and the last connection that was added made it faster by a tenth. Not
 * thread-safe; the download's lock guards it.
 */
final class Widening {
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final double STARVING = 0.5;
    private static final double GAIN = 1.1;

    private final int most;
    private long lookedNanos;
    private long bytes;
    private long starvedNanos;
    private double rateBefore;
    private int added;
    private boolean useless;

    Widening(int most, long nowNanos) {
        this.most = most;
        this.lookedNanos = nowNanos;
    }

    void came(int count) {
        bytes += count;
    }

    void starved(long nanos) {
        starvedNanos += nanos;
    }

    /** Whether to add a connection to the ones there are. */
    boolean isDue(int connections, long nowNanos) {
        long elapsed = nowNanos - lookedNanos;
        if (elapsed < LOOK_EVERY_NANOS || useless) {
            return false;
        }
        double rate = (double) bytes / elapsed;
        double starving = (double) starvedNanos / elapsed;
        if (added > 0 && rate < rateBefore * GAIN) {
            useless = true;
        }
        boolean due = !useless && starving > STARVING && connections < most;
        if (due) {
            added++;
            rateBefore = rate;
        }
        lookedNanos = nowNanos;
        bytes = 0;
        starvedNanos = 0;
        return due;
    }
}
