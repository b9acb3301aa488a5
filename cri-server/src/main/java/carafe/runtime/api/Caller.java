package carafe.runtime.api;

import java.time.Duration;

/**
 * Who waits for a result, and how long. Work once begun is not cut short by a caller that leaves:
 * its result is kept for the caller's next attempt.
 */
public interface Caller {
    /** A caller that never leaves. */
    Caller PATIENT =
            new Caller() {
                @Override
                public Duration remaining() {
                    return Duration.ofHours(1);
                }

                @Override
                public boolean isGone() {
                    return false;
                }
            };

    /** Time until the caller's own deadline; zero or negative when it has passed. */
    Duration remaining();

    /** Whether nobody reads the answer any more. */
    boolean isGone();
}
