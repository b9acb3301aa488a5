package carafe.runtime.shim;

import carafe.linux.PidIdentity;
import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.Streams;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A container as its shim offers it. Each call is one short conversation with its own deadline; a
 * hanging shim costs the caller that deadline and nobody else anything. Thread-safe; owns nothing,
 * so it needs no close.
 *
 * <p>Unless a method says otherwise it throws {@link carafe.base.CarafeException}: Deadline when
 * the shim does not answer in time, Unavailable when the shim is gone, Internal when it speaks
 * nonsense, and as the failed step says (Invalid, Precondition, Exhausted, Internal) when it
 * refuses.
 */
public interface ContainerHandle {
    Path bundle();

    /** The container's PID 1, as the daemon's PID namespace sees it. */
    PidIdentity init();

    /** The shim process that owns the container's life. */
    PidIdentity control();

    /**
     * Where the container stands. Never fails because the shim is gone: then the exit record on the
     * disk is the answer, and without one {@link ExitRecord.Unknown}.
     *
     * @throws carafe.base.CarafeException Deadline when the shim lives and does not answer
     */
    ShimState state(Duration deadline);

    /**
     * Lets init execve.
     *
     * @throws carafe.base.CarafeException Invalid with the command and the reason when it cannot be
     *     executed (the container has then ended with code 128); Precondition when it is not in
     *     CREATED
     */
    void start(Duration deadline);

    /**
     * Sends a signal. A container that has ended is not an error.
     *
     * @param signal 1 to 64
     */
    void kill(int signal, KillTarget target, Duration deadline);

    /** Switches to a freshly opened log file at the configured path. */
    void reopenLog(Duration deadline);

    /**
     * Calls once when the container has ended and its record is on the disk, or when its shim died
     * ({@link ExitRecord.Unknown}; init may still run then: kill its cgroup). On a thread of its
     * own, which may block; at once when it has ended already. Costs two descriptors, no thread.
     */
    Watch watch(Consumer<ExitRecord> onExit);

    /**
     * Runs a process in the container and feeds its output to the sink. Blocks until it ends; an
     * interrupt or the request's deadline ends the conversation, and the shim kills the process's
     * session.
     *
     * @throws carafe.base.CarafeException Invalid with command and reason when it cannot be
     *     executed; Precondition when the container does not run; Deadline at {@link
     *     ExecRequest#deadline()}
     */
    ExecResult exec(ExecRequest request, OutputSink output);

    /**
     * Starts a process in the container whose streams the caller relays. That it could not be
     * executed is told by the first receive.
     *
     * @param request its deadline is for the process to start
     */
    ContainerStream execStream(ExecRequest request, Streams streams);

    /**
     * Joins the streams of init: what comes out from now on.
     *
     * @param deadline for the shim to answer
     */
    ContainerStream attach(Streams streams, Duration deadline);

    /**
     * Ends the shim and waits until its processes are gone: in CREATED init is killed first, after
     * the exit the shim ends by itself, a dead shim is fine. The bundle stays; its owner removes
     * it.
     *
     * @throws carafe.base.CarafeException Precondition when init runs; Deadline when a process is
     *     still there
     */
    void delete(Duration deadline);

    /** The exit record on disk; empty when there is none (yet), whether the shim lives or not. */
    Optional<ExitRecord> recorded();
}
