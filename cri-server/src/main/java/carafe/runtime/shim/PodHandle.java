package carafe.runtime.shim;

import carafe.linux.Fd;
import carafe.linux.PidIdentity;
import java.nio.file.Path;
import java.time.Duration;

/** A pod's holder process. Thread-safe; owns nothing, so it needs no close. */
public interface PodHandle {
    Path bundle();

    /** The process whose /proc/pid/ns entries are the pod's namespaces. */
    PidIdentity holder();

    /** Whether that very process still runs. */
    boolean alive();

    /**
     * Calls once when the holder has ended, on a thread of its own; at once when it has already.
     * The watch does not survive the daemon.
     */
    Watch watch(Runnable onExit);

    /**
     * Ends the holder with SIGKILL and waits until it is gone. Nothing happens when it is.
     *
     * @throws carafe.base.CarafeException Deadline when it is still there
     */
    void stop(Duration deadline);

    /**
     * Connects to a TCP port on the loopback addresses of the pod's network, IPv4 first.
     *
     * @return a non-blocking socket, the caller's own
     * @throws carafe.base.CarafeException Internal with the reason when nobody listens there
     */
    Fd connect(int port, Duration deadline);

    /**
     * Opens a NETLINK_ROUTE socket in the pod's network.
     *
     * @return the caller's own
     * @throws carafe.base.CarafeException Internal with the reason when the pod's namespace is gone
     */
    Fd netlink(Duration deadline);
}
