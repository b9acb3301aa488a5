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
        String message = exit.signal() == 0 ? "" : "ended by signal " + exit.signal();
        return new Exited(exit.code(), reason, message, startedAtNanos, exit.finishedAtNanos());
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
