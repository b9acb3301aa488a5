package carafe.image.registry;

import java.time.Duration;

/** How a retry waits; tests wait in their own way. */
@FunctionalInterface
public interface Pause {
    /** Waits as long as told. */
    Pause REAL = Thread::sleep;

    /** Waits. */
    void pause(Duration time) throws InterruptedException;
}
