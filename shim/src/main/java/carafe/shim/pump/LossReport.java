package carafe.shim.pump;

/** When control is told of lost bytes: of the first at once, then at most once a second. */
final class LossReport {
    private static final long AGAIN_NANOS = 1_000_000_000L;

    private long told;
    private long toldAtNanos;

    /** Whether there is more to tell than was told. */
    boolean isNews(long lost) {
        return lost != told;
    }

    /** Whether nothing was told before. */
    boolean isFirst() {
        return told == 0;
    }

    boolean isDue(long nowNanos) {
        return isFirst() || nowNanos - toldAtNanos >= AGAIN_NANOS;
    }

    void told(long lost, long nowNanos) {
        told = lost;
        toldAtNanos = nowNanos;
    }
}
