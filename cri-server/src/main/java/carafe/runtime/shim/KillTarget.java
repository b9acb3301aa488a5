package carafe.runtime.shim;

/** Whom a signal is meant for. */
public enum KillTarget {
    /** The container's PID 1. */
    INIT,
    /** Every process of the container; only with SIGKILL. */
    ALL
}
