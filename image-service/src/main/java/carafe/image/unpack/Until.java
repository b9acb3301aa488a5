package carafe.image.unpack;

import carafe.base.CarafeException;
import java.time.Duration;

/**
 * A point in time by which the work must have ended.
 *
 * @param what the work, for the message
 * @param nanos on the clock of {@link System#nanoTime()}
 */
record Until(String what, long nanos) {
    static Until in(String what, Duration time) {
        return new Until(what, System.nanoTime() + time.toNanos());
    }

    /** Nanoseconds left, positive. */
    long left() {
        long left = nanos - System.nanoTime();
        if (left <= 0) {
            throw passed();
        }
        return left;
    }

    CarafeException passed() {
        return new CarafeException.Deadline(what + ": the deadline passed");
    }
}
