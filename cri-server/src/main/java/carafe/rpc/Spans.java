package carafe.rpc;

import java.time.Duration;

/** Time spans of the protocol: whole seconds. */
final class Spans {
    private static final long LONGEST_SECONDS = Duration.ofDays(3650).toSeconds();

    private Spans() {}

    /** Negative means zero; beyond ten years means ten years, so that sums do not overflow. */
    static Duration seconds(long seconds) {
        return Duration.ofSeconds(Math.clamp(seconds, 0, LONGEST_SECONDS));
    }
}
