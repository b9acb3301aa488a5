package carafe.shim.wire;

/** What the shim answers. Texts are UTF-8, at most 4 KiB. */
public sealed interface Reply extends Message {
    /** First frame on standard output of role container: init waits for start. */
    record Created(int pid, long startTicks) implements Reply {}

    /** First frame on standard output of role pod: the namespaces are there, held by this pid. */
    record PodReady(int pid, long startTicks) implements Reply {}

    /** The request was carried out. */
    record Done() implements Reply {}

    /**
     * The request failed; the shim goes on.
     *
     * @param step stable dotted name, such as {@code rootfs.overlay}
     * @param path what it was about, may be empty
     * @param errno 0 when no system call failed
     * @param text what to tell the user
     */
    record Failed(String step, String path, int errno, String text) implements Reply {}

    /** Where a container's life stands. */
    enum Phase {
        CREATED,
        RUNNING,
        EXITED
    }

    /**
     * State of the container.
     *
     * @param pid init's pid in the daemon's PID namespace
     * @param startTicks field 22 of /proc/pid/stat, makes the pid an identity
     * @param lostLogBytes output that could not be written because the log's disk was full or
     *     broken
     */
    record State(Phase phase, int pid, long startTicks, long lostLogBytes) implements Reply {}

    /**
     * Init has ended; the exit record is on disk.
     *
     * @param code exit status 0–255, 128 + signal when a signal ended it
     * @param signal 0 or the signal that ended it
     * @param oomKilled whether the kernel killed init for want of memory
     * @param finishedAtNanos Unix time
     */
    record Exited(int code, int signal, boolean oomKilled, long finishedAtNanos) implements Reply {}

    /** The exec'd process runs. */
    record ExecStarted(int pid) implements Reply {}

    /** Which stream bytes came from. */
    enum Stream {
        STDOUT,
        STDERR
    }

    /** Output of an exec'd process, at most 64 KiB. */
    @SuppressWarnings("ArrayRecordComponent") // a frame is moved, never compared
    record Output(Stream stream, byte[] bytes) implements Reply {}

    /** How an exec ended. */
    enum ExecEnd {
        /** The process ended and its output was read to the end. */
        DRAINED,
        /** The process ended, something kept its output open past the drain limit. */
        OUTPUT_HELD_OPEN,
        /** Time ran out and its session was killed. */
        TIMED_OUT,
        /** The client went away and its session was killed. */
        ABORTED
    }

    /** Last frame of an exec; code as in {@link Exited}. */
    record ExecExited(int code, int signal, ExecEnd end) implements Reply {}

    /** The client takes part in init's streams from here on. */
    record Attached() implements Reply {}

    /**
     * Last frame of an attach: init's streams have ended, and all of them was sent. A connection
     * that ends without it was too slow, or lost its shim.
     */
    record AttachEnded() implements Reply {}

    /** Role netsock: the socket is connected and waits at {@code s} for whoever fetches it. */
    record SocketReady() implements Reply {}
}
