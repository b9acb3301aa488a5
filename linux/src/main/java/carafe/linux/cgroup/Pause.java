package carafe.linux.cgroup;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The port to time, so that tests of retries take none. */
interface Pause {
    /** The real clock. */
    Pause REAL =
            new Pause() {
                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public void sleep(Duration length) {
                    LockSupport.parkNanos(length.toNanos());
                }
            };

    /** Monotonic time. */
    long nanos();

    /** Waits, maybe less. */
    void sleep(Duration length);
}
