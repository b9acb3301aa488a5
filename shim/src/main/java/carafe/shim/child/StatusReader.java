package carafe.shim.child;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the reports of one child from its status pipe. A report is written at once and is at most
 * PIPE_BUF (4096) bytes, so it is never seen in part: u16 length of the rest, u8 type, fields. Does
 * not own the descriptor.
 */
public final class StatusReader {
    static final int MAX_REPORT = 4096;
    static final byte BORN = 1;
    static final byte READY = 2;
    static final byte FAILED = 3;
    static final byte WAITING = 4;

    private final FileCalls files;
    private final int fd;
    private final Buffer buffer;

    /**
     * @param buffer at least 4096 bytes, the caller's; only used within a call
     */
    public StatusReader(FileCalls files, int fd, Buffer buffer) {
        this.files = files;
        this.fd = fd;
        this.buffer = buffer;
    }

    /** The next report, or null when there is none yet. */
    public @Nullable ChildStatus next() {
        int got = read(0, 2);
        if (got == -Errno.EAGAIN) {
            return null;
        }
        if (got < 2) {
            return new ChildStatus.Closed();
        }
        int length = buffer.getShort(0);
        if (length < 1 || length > MAX_REPORT - 2 || read(0, length) < length) {
            return new ChildStatus.Failed("status", "", 0, "a child sent a damaged report");
        }
        return switch (buffer.get(0)) {
            case BORN -> new ChildStatus.Born(length < 5 ? 0 : buffer.getInt(1));
            case READY -> new ChildStatus.Ready();
            case WAITING -> new ChildStatus.Waiting();
            default -> failed(length);
        };
    }

    private int read(int offset, int length) {
        int got = files.read(fd, buffer, offset, length);
        while (got == -Errno.EINTR) {
            got = files.read(fd, buffer, offset, length);
        }
        return got;
    }

    private ChildStatus failed(int length) {
        String[] texts = new String[3];
        int at = 5;
        for (int i = 0; i < 3; i++) {
            int size = at + 2 > length ? -1 : buffer.getShort(at);
            if (size < 0 || size > length - at - 2) {
                return new ChildStatus.Failed("status", "", 0, "a child sent a damaged report");
            }
            byte[] bytes = new byte[size];
            buffer.get(at + 2, bytes, 0, size);
            texts[i] = new String(bytes, StandardCharsets.UTF_8);
            at += 2 + size;
        }
        return new ChildStatus.Failed(texts[0], texts[1], buffer.getInt(1), texts[2]);
    }
}
