package carafe.shim.pump;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.Syscalls;
import org.jspecify.annotations.Nullable;

/**
 * What a client has not taken yet: bounded, and without memory while there is nothing. Never waits.
 */
final class SendQueue {
    /** With what the kernel and the daemon hold for the same client this stays below 1 MiB. */
    private static final int CAPACITY = 512 << 10;

    private static final int FLAGS = SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_NOSIGNAL;

    private final Syscalls sys;
    private final int socket;
    private @Nullable Buffer waiting;
    private int from;
    private int to;
    private boolean broken;

    /**
     * @param socket stays the caller's
     */
    SendQueue(Syscalls sys, int socket) {
        this.sys = sys;
        this.socket = socket;
    }

    boolean isEmpty() {
        return waiting == null;
    }

    /** Whether the client is gone, or was given more than it may leave lying. */
    boolean isBroken() {
        return broken;
    }

    /** Sends what the socket takes and keeps the rest. */
    void add(Buffer bytes, int offset, int length) {
        int sent = waiting == null ? send(bytes, offset, length) : 0;
        if (sent < length && !broken) {
            keep(bytes, offset + sent, length - sent);
        }
    }

    private void keep(Buffer bytes, int offset, int length) {
        Buffer queue = waiting;
        if (queue == null) {
            queue = sys.memory().allocate(CAPACITY);
            waiting = queue;
            from = 0;
            to = 0;
        }
        if (length > CAPACITY - to && from > 0) {
            queue.put(0, queue, from, to - from);
            to -= from;
            from = 0;
        }
        if (length > CAPACITY - to) {
            broken = true;
            return;
        }
        queue.put(to, bytes, offset, length);
        to += length;
    }

    /** Sends more of what waits; whether anything went. */
    boolean flush() {
        Buffer queue = waiting;
        if (queue == null) {
            return false;
        }
        int sent = send(queue, from, to - from);
        from += sent;
        if (from == to) {
            free();
        }
        return sent > 0;
    }

    void free() {
        if (waiting != null) {
            waiting.free();
            waiting = null;
        }
    }

    private int send(Buffer bytes, int offset, int length) {
        int done = 0;
        while (done < length) {
            int n = sys.sockets().send(socket, bytes, offset + done, length - done, FLAGS);
            if (n > 0) {
                done += n;
            } else if (n == -Errno.EAGAIN) {
                return done;
            } else if (n != -Errno.EINTR) {
                broken = true;
                return done;
            }
        }
        return done;
    }
}
