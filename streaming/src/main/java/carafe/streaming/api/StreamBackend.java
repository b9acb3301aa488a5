package carafe.streaming.api;

/**
 * What the streaming server needs of the runtime. Calls block, and throw {@link
 * carafe.base.CarafeException} with what to tell the client. Thread-safe.
 */
public interface StreamBackend {
    /** Starts the command; it may have failed, which the first event tells. */
    ContainerStream exec(StreamOrder.Exec order);

    /** Joins the streams of the container's first process. */
    ContainerStream attach(StreamOrder.Attach order);

    /**
     * Connects to a TCP port on the loopback addresses of a pod's network, IPv4 first.
     *
     * @param port 1 to 65535
     * @return number of a connected, non-blocking, close-on-exec descriptor: the caller's own
     */
    int connect(String podId, int port);
}
