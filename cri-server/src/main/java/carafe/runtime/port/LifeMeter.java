package carafe.runtime.port;

/** Told what becomes of pods and containers, to be counted. Quick, never throws. Thread-safe. */
public interface LifeMeter {
    /** Nobody counts. */
    LifeMeter NONE = new LifeMeter() {};

    /** A pod became ready. */
    default void sandboxStarted() {}

    /** A container was started. */
    default void containerStarted() {}

    /**
     * A container ended.
     *
     * @param reason in the words of the CRI
     */
    default void containerEnded(String reason, int code) {}

    /**
     * What a container lost until its end.
     *
     * @param oomKills processes, its first one included
     */
    default void containerLost(long oomKills) {}

    /** A container ended, with this in its log. */
    default void logEnded(String containerId, LogTotals log) {}

    /**
     * What was found at the start.
     *
     * @param kind pod or container
     * @param result its state in small letters, or {@code failed} or {@code removed}
     */
    default void recovered(String kind, String result) {}

    /** A listener to events was too slow. */
    default void subscriberDropped() {}

    /** A command of ExecSync ended. */
    default void executed(Exec result, long nanos) {}

    /** How a command ended. */
    enum Exec {
        OK,
        NONZERO,
        TIMEOUT,
        /** It could not be run. */
        FAILED;

        /** Of its exit code. */
        public static Exec of(int code, boolean timedOut) {
            return timedOut ? TIMEOUT : code == 0 ? OK : NONZERO;
        }
    }
}
