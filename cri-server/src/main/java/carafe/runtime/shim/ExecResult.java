package carafe.runtime.shim;

/**
 * How an exec'd process ended.
 *
 * @param code exit status 0 to 255, 128 + signal when a signal ended it
 * @param signal 0 or the signal that ended it
 */
public record ExecResult(int code, int signal, End end) {
    /** What ended the conversation. */
    public enum End {
        /** The process ended and its output was read to the end. */
        DRAINED,
        /** The process ended; something kept its output open past the drain limit. */
        OUTPUT_HELD_OPEN,
        /** Time ran out and its session was killed. */
        TIMED_OUT
    }
}
