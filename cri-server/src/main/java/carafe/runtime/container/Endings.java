package carafe.runtime.container;

import carafe.runtime.port.Exit;
import carafe.runtime.state.ContainerState.Exited;
import carafe.runtime.state.ContainerState.Reason;

/** The ways a container can have ended. */
public final class Endings {
    private static final int START_ERROR = 128;
    private static final int OOM_KILLED = 137;
    private static final int UNKNOWN = 255;

    private Endings() {}

    /** As the shim saw it. */
    public static Exited of(Exit exit, long startedAtNanos) {
        if (exit.oomKilled()) {
            return new Exited(
                    OOM_KILLED,
                    Reason.OOM_KILLED,
                    "the kernel ended it for want of memory",
                    startedAtNanos,
                    exit.finishedAtNanos());
        }
        Reason reason = exit.code() == 0 ? Reason.COMPLETED : Reason.ERROR;
        return new Exited(
                exit.code(), reason, message(exit), startedAtNanos, exit.finishedAtNanos());
    }

    /** A child's death for want of memory is no reason of its parent's end, but often its cause. */
    private static String message(Exit exit) {
        String signal = exit.signal() == 0 ? "" : "ended by signal " + exit.signal();
        if (exit.oomKills() == 0) {
            return signal;
        }
        String children =
                "before its end the kernel killed %d of its child processes for want of memory"
                        .formatted(exit.oomKills());
        return signal.isEmpty() ? children : signal + "; " + children;
    }

    /** Its first process could not be started. */
    static Exited startError(String message, long nowNanos) {
        return new Exited(START_ERROR, Reason.START_ERROR, message, nowNanos, nowNanos);
    }

    /** Nobody knows how. */
    public static Exited unknown(String message, long startedAtNanos, long finishedAtNanos) {
        return new Exited(UNKNOWN, Reason.UNKNOWN, message, startedAtNanos, finishedAtNanos);
    }
}
