package carafe.network.bridge;

import carafe.linux.SyscallException;
import carafe.linux.netlink.Netlink;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Sockets in the node's namespace, kept for the next pod. One on which something has failed is not
 * used again: an answer might still come. Thread-safe; owns the sockets.
 */
final class NodeSockets implements AutoCloseable {
    private static final int KEPT = 4;

    private final Netlinks netlinks;
    private final Deque<Netlink> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    NodeSockets(Netlinks netlinks) {
        this.netlinks = netlinks;
    }

    /** What is asked on one socket. */
    @FunctionalInterface
    interface Work {
        void on(Netlink node) throws SyscallException;
    }

    void use(Work work) throws SyscallException {
        Netlink kept = idle.poll();
        Netlink socket = kept == null ? netlinks.node() : kept;
        boolean good = false;
        try {
            work.on(socket);
            good = !closed && idle.size() < KEPT;
        } finally {
            if (good) {
                idle.push(socket);
            } else {
                socket.close();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Netlink each = idle.poll(); each != null; each = idle.poll()) {
            each.close();
        }
    }
}
