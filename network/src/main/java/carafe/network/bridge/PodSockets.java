package carafe.network.bridge;

import carafe.linux.SyscallException;
import carafe.linux.netlink.Netlink;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sockets in pods' namespaces that came with the pods, until they are used. Thread-safe; owns what
 * was not taken yet.
 */
final class PodSockets {
    private final Netlinks netlinks;
    private final Map<String, Netlink> kept = new ConcurrentHashMap<>();

    PodSockets(Netlinks netlinks) {
        this.netlinks = netlinks;
    }

    /**
     * @param socket owned from here on
     */
    void keep(String podId, Netlink socket) {
        Netlink before = kept.put(podId, socket);
        if (before != null) {
            before.close();
        }
    }

    /** The socket, the caller's own; opened now, by a process, when none came with the pod. */
    Netlink take(String podId) throws SyscallException {
        Netlink socket = kept.remove(podId);
        return socket == null ? netlinks.pod(podId) : socket;
    }

    /** Closes a socket that nobody will take. */
    void forget(String podId) {
        Netlink socket = kept.remove(podId);
        if (socket != null) {
            socket.close();
        }
    }
}
