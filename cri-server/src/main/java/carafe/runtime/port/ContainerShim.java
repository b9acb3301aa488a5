package carafe.runtime.port;

import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.Streams;
import java.time.Duration;
import java.util.Optional;

/** The conversation with one container's shim; every call opens a connection of its own. */
public interface ContainerShim {
    ShimState state(Duration deadline) throws ShimException;

    /** Lets init execve; Failed when it could not, the container has then exited. */
    void start(Duration deadline) throws ShimException;

    /** Signals init; it having ended already is success. */
    void signal(int number, Duration deadline) throws ShimException;

    /** SIGKILL to every process of the container. */
    void killAll(Duration deadline) throws ShimException;

    void reopenLog(Duration deadline) throws ShimException;

    /** Ends the shim, and init when it was never started; Gone is what this leads to. */
    void delete(Duration deadline) throws ShimException;

    /**
     * Waits for the end of the container on a thread of its own. Exactly one of the listener's
     * methods is called, once, also when the container has ended already.
     */
    Watch watch(ExitListener listener);

    /**
     * Runs a process in the container until it ends.
     *
     * @param deadline for the whole call, beyond the request's own time limit
     */
    ExecEnd exec(ExecCall call, OutputSink sink, Duration deadline) throws ShimException;

    /**
     * Starts a process in the container whose streams the caller relays. Methods of the stream
     * throw CarafeExceptions; that the process could not be executed is told by the first receive.
     *
     * @param deadline for the process to start
     */
    ContainerStream execStream(ExecCall call, Streams streams, Duration deadline)
            throws ShimException;

    /**
     * Joins the streams of the first process: what comes out from now on.
     *
     * @param deadline for the shim to answer
     */
    ContainerStream attach(Streams streams, Duration deadline) throws ShimException;

    /** The exit record on disk; empty when there is none (yet). */
    Optional<Exit> exitRecord();

    /** Shim and init as the bundle names them, alive or not. */
    Optional<Pids> pids();

    /** The processes that a bundle names. */
    record Pids(ProcessId control, ProcessId init) {}

    /** A running watch. */
    interface Watch extends AutoCloseable {
        /** Ends it; the listener is not called any more, save a call that has begun. */
        @Override
        void close();
    }

    /** Told how a watch ends. */
    interface ExitListener {
        void exited(Exit exit);

        /** The connection ended without an exit: look for the record, or for the shim. */
        void lost();
    }

    /** Takes output while it comes; a slow sink slows the process. */
    @FunctionalInterface
    interface OutputSink {
        /**
         * @param data lent until this returns
         * @param length at most 64 KiB, from offset on
         */
        void output(Stream stream, byte[] data, int offset, int length);
    }

    /** Which stream bytes came from. */
    enum Stream {
        STDOUT,
        STDERR
    }

    /**
     * A process to run.
     *
     * @param process OCI runtime-spec process object as JSON, without args, env and cwd
     * @param timeout its session is killed then; zero = never
     * @param drain how long output is read after its end
     */
    @SuppressWarnings("ArrayRecordComponent") // moved once, never compared
    record ExecCall(
            byte[] process,
            byte[][] args,
            byte[][] env,
            byte[] cwd,
            Duration timeout,
            Duration drain) {}

    /**
     * How it ended.
     *
     * @param code 128 + signal after a signal
     */
    record ExecEnd(int code, boolean timedOut) {}
}
