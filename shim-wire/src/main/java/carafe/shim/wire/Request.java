package carafe.shim.wire;

/**
 * What the daemon asks. The first frame of a connection is one of these; only {@link Exec} and
 * {@link Attach} are followed by more ({@link Stdin}, {@link StdinEnd}, {@link Resize}, {@link
 * Abort}).
 */
public sealed interface Request extends Message {
    /** Asks for a {@link Reply.State}. */
    record State() implements Request {}

    /** Lets init of a created container execve. Answered by {@link Reply.Done} or Failed. */
    record Start() implements Request {}

    /**
     * Sends a signal.
     *
     * @param signal 1–64
     * @param target whom
     */
    record Kill(int signal, Target target) implements Request {}

    /** Whom a signal is meant for. */
    enum Target {
        /** The container's init. */
        INIT,
        /** Every process of the container; only with SIGKILL. */
        ALL
    }

    /** Switches to a freshly opened log file at the configured path. */
    record ReopenLog() implements Request {}

    /** Asks for the state now and for {@link Reply.Exited} when init has ended. */
    record Watch() implements Request {}

    /** Ends the shim; refused while init runs. */
    record Delete() implements Request {}

    /**
     * Runs a process in the container.
     *
     * @param process the OCI runtime-spec {@code process} object as UTF-8 JSON, without args, env
     *     and cwd, which follow as bytes
     * @param args argv, at least one
     * @param env entries {@code NAME=value}
     * @param timeoutMillis the process's session is killed then; 0 = never
     * @param drainMillis how long output is still read after the process has ended
     * @param stdin whether {@link Stdin} frames will follow; else /dev/null
     * @param terminal whether the process gets a terminal, whose output is one stream, STDOUT; what
     *     {@code process} says about that is not looked at
     */
    @SuppressWarnings("ArrayRecordComponent") // a frame is moved, never compared
    record Exec(
            byte[] process,
            byte[][] args,
            byte[][] env,
            byte[] cwd,
            int timeoutMillis,
            int drainMillis,
            boolean stdin,
            boolean terminal)
            implements Request {}

    /**
     * Joins the streams of init: answered by {@link Reply.Attached}, then what comes out from now
     * on, then {@link Reply.AttachEnded}.
     *
     * @param stdin whether {@link Stdin} frames will follow
     * @param stdout whether the client wants it
     * @param stderr whether the client wants it
     */
    record Attach(boolean stdin, boolean stdout, boolean stderr) implements Request {}

    /**
     * Role netsock, on standard input: connects a TCP socket within a pod's network namespace.
     *
     * @param pid process whose namespace it is
     * @param startTicks of that process
     * @param port on the loopback addresses, 1–65535
     */
    record OpenSocket(int pid, long startTicks, int port) implements Request {}

    /**
     * Role netsock, on standard input: opens a NETLINK_ROUTE socket within a pod's network
     * namespace.
     *
     * @param pid process whose namespace it is
     * @param startTicks of that process
     */
    record OpenNetlink(int pid, long startTicks) implements Request {}

    /** Bytes for the process's standard input, at most 64 KiB. */
    @SuppressWarnings("ArrayRecordComponent") // a frame is moved, never compared
    record Stdin(byte[] bytes) implements Request {}

    /** End of the process's standard input. */
    record StdinEnd() implements Request {}

    /** New size of the process's terminal, in cells. */
    record Resize(int columns, int rows) implements Request {}

    /** The client is gone: an exec'd session is killed, an attached client forgotten. */
    record Abort() implements Request {}
}
