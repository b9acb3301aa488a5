package carafe.streaming.forward;

/** Connects into the pod. Blocks. */
@FunctionalInterface
public interface Ports {
    /**
     * @return descriptor of a connected, non-blocking socket, the caller's own
     * @throws carafe.base.CarafeException with what to tell the client
     */
    int connect(int port);
}
