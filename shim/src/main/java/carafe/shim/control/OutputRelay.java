package carafe.shim.control;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Frames;
import carafe.shim.wire.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Output of one exec'd process, from its pipes to frames on its socket. At most one frame waits,
 * and while it does nothing is read: the process feels a slow client as a full pipe. A frame is
 * built in memory that all execs share; only what the socket does not take at once is kept.
 */
final class OutputRelay {
    private static final int FLAGS = SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_NOSIGNAL;
    private static final int TYPE_OFFSET = Frames.PREFIX_BYTES + 1;
    private static final int STREAM_OFFSET = Frames.PREFIX_BYTES + Frames.HEAD_BYTES;
    private static final int COUNT_OFFSET = STREAM_OFFSET + 1;

    /** Bytes of memory a frame is built in. */
    static final int FRAME_BYTES = Frames.OUTPUT_BYTES_OFFSET + Frames.MAX_CHUNK_BYTES;

    private final Syscalls sys;
    private final Buffer scratch;
    private final int socket;
    private @Nullable Buffer waiting;
    private int waitingDone;
    private boolean broken;

    /**
     * @param scratch {@link #FRAME_BYTES}, only used within a call
     * @param socket non-blocking, stays the caller's
     */
    OutputRelay(Syscalls sys, Buffer scratch, int socket) {
        this.sys = sys;
        this.scratch = scratch;
        this.socket = socket;
    }

    /** Whether the socket must take the rest of a frame before anything else. */
    boolean isBlocked() {
        return waiting != null;
    }

    /** Whether the client is gone. */
    boolean isBroken() {
        return broken;
    }

    /**
     * Reads once from the stream and sends it.
     *
     * @param stream number on the wire
     * @return bytes read; 0 at the end of the stream; -EAGAIN when there is nothing now
     */
    int relay(int fd, int stream) {
        FileCalls files = sys.files();
        int n = files.read(fd, scratch, Frames.OUTPUT_BYTES_OFFSET, Frames.MAX_CHUNK_BYTES);
        if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
            return -Errno.EAGAIN;
        }
        if (n <= 0) {
            return 0;
        }
        int frame = Frames.OUTPUT_BYTES_OFFSET + n;
        scratch.putInt(0, Integer.reverseBytes(frame - Frames.PREFIX_BYTES));
        scratch.put(Frames.PREFIX_BYTES, (byte) Frames.VERSION);
        scratch.put(TYPE_OFFSET, (byte) MessageType.OUTPUT);
        scratch.put(STREAM_OFFSET, (byte) stream);
        scratch.putInt(COUNT_OFFSET, Integer.reverseBytes(n));
        int sent = write(scratch, 0, frame);
        if (sent < frame && !broken) {
            keep(sent, frame);
        }
        return n;
    }

    private void keep(int from, int to) {
        Buffer rest = sys.memory().allocate(to - from);
        rest.put(0, scratch, from, to - from);
        waiting = rest;
        waitingDone = 0;
    }

    /** Sends a whole frame that was built elsewhere; not while blocked. */
    void send(byte[] frame) {
        scratch.put(0, frame, 0, frame.length);
        int sent = write(scratch, 0, frame.length);
        if (sent < frame.length && !broken) {
            keep(sent, frame.length);
        }
    }

    /** Sends more of the frame that waits. */
    void flush() {
        Buffer rest = waiting;
        if (rest == null) {
            return;
        }
        waitingDone += write(rest, waitingDone, rest.size() - waitingDone);
        if (waitingDone == rest.size() || broken) {
            forget();
        }
    }

    /** Gives up what waits. */
    void forget() {
        if (waiting != null) {
            waiting.free();
            waiting = null;
        }
    }

    private int write(Buffer from, int offset, int length) {
        int done = 0;
        while (done < length) {
            int n = sys.sockets().send(socket, from, offset + done, length - done, FLAGS);
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
