package carafe.image.registry;

import java.time.Duration;

/**
 * How long and how often a registry is tried.
 *
 * @param connect until a connection stands
 * @param noProgress how long a registry may make us wait before the answer begins, or for the next
 *     256 bytes per second of this time within a body; time spent by us does not count
 * @param tries attempts at one thing, 1 or more
 * @param backoff pause after the first failure, doubled after each further one
 * @param longestPause bound of any pause, also one a registry asks for
 */
public record TransferLimits(
        Duration connect, Duration noProgress, int tries, Duration backoff, Duration longestPause) {
    private static final int MIN_BYTES_PER_SECOND = 256;

    public TransferLimits {
        boolean good =
                connect.isPositive()
                        && noProgress.isPositive()
                        && tries >= 1
                        && backoff.isPositive()
                        && longestPause.isPositive();
        if (!good) {
            throw new IllegalArgumentException("transfer limits must be positive");
        }
    }

    /** 30 s to connect, 5 min without progress, 5 tries from 200 ms on, 30 s at most between. */
    public static TransferLimits standard() {
        return new TransferLimits(
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                5,
                Duration.ofMillis(200),
                Duration.ofSeconds(30));
    }

    /** Bytes that count as progress. */
    long progressBytes() {
        return Math.max(1, noProgress.toMillis() * MIN_BYTES_PER_SECOND / 1000);
    }
}
