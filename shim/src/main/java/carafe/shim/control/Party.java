package carafe.shim.control;

/** Takes part in control's loop. Descriptors are non-blocking, and no call waits. */
interface Party {
    /** A deadline that never comes. */
    long NEVER = Long.MAX_VALUE;

    /** Says what it waits for. */
    void join(PollSet polls);

    /** Does what has become possible, or what a deadline demands. */
    void serve(PollSet polls);

    /** Monotonic time in nanoseconds at which it must be served even without an event. */
    long deadlineNanos();
}
