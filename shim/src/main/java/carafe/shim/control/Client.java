package carafe.shim.control;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.MessageType;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from its acceptance to its only request, and then until that is answered. A
 * request that does not come whole within five seconds ends it.
 */
final class Client implements Party {
    private static final long REQUEST_NANOS = 5_000_000_000L;
    private static final int HEAD_BYTES = Frames.PREFIX_BYTES + Frames.HEAD_BYTES;
    private static final int MAX_SMALL_BODY = 64;

    private final Syscalls sys;
    private final Requests requests;
    private final int ticket;
    private final long requestDeadlineNanos;
    private @Nullable Buffer buffer;
    private int fd;
    private int got;
    private int bodyBytes;
    private boolean asked;
    private int polled = PollSet.ABSENT;

    /**
     * @param fd non-blocking, owned from here on
     * @param ticket number that no other connection of this process has
     */
    Client(Syscalls sys, Requests requests, int fd, int ticket, long nowNanos) {
        this.sys = sys;
        this.requests = requests;
        this.fd = fd;
        this.ticket = ticket;
        this.requestDeadlineNanos = nowNanos + REQUEST_NANOS;
        this.buffer = sys.memory().allocate(HEAD_BYTES);
    }

    /** Stays this one's; negative = closed. */
    int fd() {
        return fd;
    }

    int ticket() {
        return ticket;
    }

    boolean isOpen() {
        return fd >= 0;
    }

    @Override
    public void join(PollSet polls) {
        polled = polls.add(fd, PollSet.IN);
    }

    @Override
    public long deadlineNanos() {
        return asked || fd < 0 ? NEVER : requestDeadlineNanos;
    }

    @Override
    public void serve(PollSet polls) {
        if (fd < 0) {
            return;
        }
        if (polls.events(polled) != 0) {
            if (asked) {
                // Whoever has asked has nothing more to say, so this is the end.
                close();
            } else {
                read();
            }
        } else if (!asked && requests.nowNanos() >= requestDeadlineNanos) {
            close();
        }
    }

    /** Writes an answer; a peer that does not take so little at once is gone. */
    void send(Reply reply) {
        if (fd < 0) {
            return;
        }
        try {
            byte[] frame = Codec.encode(reply);
            int done = 0;
            while (done < frame.length) {
                int n = sys.files().write(fd, frame, done, frame.length - done);
                if (n < 0 && n != -Errno.EINTR) {
                    close();
                    return;
                }
                done += Math.max(n, 0);
            }
        } catch (WireException e) {
            close();
        }
    }

    /** Writes the last answer. */
    void finish(Reply reply) {
        send(reply);
        close();
    }

    /** Gives the descriptor away; the connection is another's from here on. */
    int takeOver() {
        int taken = fd;
        fd = -1;
        close();
        return taken;
    }

    void close() {
        sys.files().close(fd);
        fd = -1;
        forget();
    }

    private void forget() {
        if (buffer != null) {
            buffer.free();
            buffer = null;
        }
    }

    private void read() {
        Buffer into = buffer;
        int wanted = bodyBytes == 0 ? HEAD_BYTES : bodyBytes;
        while (into != null && got < wanted) {
            int n = sys.files().read(fd, into, got, wanted - got);
            if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
                return;
            }
            if (n <= 0) {
                close();
                return;
            }
            got += n;
            if (bodyBytes == 0 && got == HEAD_BYTES) {
                into = readHead(into);
                wanted = bodyBytes;
            }
        }
        if (into != null && bodyBytes > 0) {
            asked = true;
            requests.handle(this, into, bodyBytes);
            forget();
        }
    }

    /** The buffer for the body, its first two bytes in place; null when the frame is refused. */
    private @Nullable Buffer readHead(Buffer head) {
        int type = head.get(Frames.PREFIX_BYTES + 1);
        try {
            int length = Frames.checkedBodyLength(Integer.reverseBytes(head.getInt(0)));
            if (type != MessageType.EXEC && length > MAX_SMALL_BODY) {
                throw new WireException("frame: type " + type + " with " + length + " bytes");
            }
            Buffer body = sys.memory().allocate(length);
            body.put(0, head, Frames.PREFIX_BYTES, Frames.HEAD_BYTES);
            head.free();
            buffer = body;
            bodyBytes = length;
            got = Frames.HEAD_BYTES;
            return body;
        } catch (WireException e) {
            finish(Failures.of("request", Errno.EINVAL, String.valueOf(e.getMessage())));
            return null;
        }
    }
}
