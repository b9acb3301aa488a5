package carafe.runtime.shim;

import java.time.Instant;

/** How a container ended. */
public sealed interface ExitRecord {
    /** Exit code of a container whose end nobody recorded. */
    int UNKNOWN_CODE = 255;

    /** Exit status 0 to 255. */
    int code();

    /** When it ended; for {@link Unknown} when that was noticed. */
    Instant finishedAt();

    /**
     * Recorded by the shim.
     *
     * @param code 128 + signal when a signal ended it
     * @param signal 0 or the signal that ended it
     * @param oomKilled whether the kernel killed it for want of memory
     * @param oomKills its processes, init included, that the kernel killed for want of memory
     * @param startError why its command could not be executed, empty when it was
     * @param lostLogBytes output that could not be written to the log
     */
    record Known(
            int code,
            int signal,
            boolean oomKilled,
            long oomKills,
            Instant finishedAt,
            String startError,
            long lostLogBytes)
            implements ExitRecord {}

    /**
     * The shim died without a record, or the record is damaged.
     *
     * @param why for the user
     */
    record Unknown(String why, Instant finishedAt) implements ExitRecord {
        @Override
        public int code() {
            return UNKNOWN_CODE;
        }
    }
}
