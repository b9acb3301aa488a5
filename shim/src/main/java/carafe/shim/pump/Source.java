package carafe.shim.pump;

import carafe.shim.log.LineBatch;
import carafe.shim.log.LineFramer;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.wire.Frames;

/** One stream of the container: where it is read and how far its lines are. */
final class Source {
    private final FileCalls files;
    private final LineFramer framer;
    private int fd;

    /**
     * @param fd non-blocking, owned from here on; -1 = not there yet
     */
    Source(FileCalls files, LineFramer framer, int fd) {
        this.files = files;
        this.framer = framer;
        this.fd = fd;
    }

    int fd() {
        return fd;
    }

    boolean isOpen() {
        return fd >= 0;
    }

    long lines() {
        return framer.lines();
    }

    long parts() {
        return framer.parts();
    }

    /** Takes over the terminal's master end. */
    void open(int masterFd) {
        files.close(fd);
        fd = masterFd;
    }

    /**
     * Reads once and appends to the log; closes at the end of the stream.
     *
     * @param in what is read lies behind the room for a frame's head
     * @return bytes read
     */
    int pump(Buffer in, LineBatch batch, LogFile log, long unixNanos) {
        int start = Frames.OUTPUT_BYTES_OFFSET;
        int n = files.read(fd, in, start, in.size() - start);
        if (n > 0) {
            framer.stamp(unixNanos);
            int end = start + n;
            int at = framer.frame(in, start, end, batch);
            while (at < end) {
                log.append(batch);
                at = framer.frame(in, at, end, batch);
            }
            log.append(batch);
        } else if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
            // 0 from a pipe without writers, EIO from a terminal without a slave.
            close(batch, log, unixNanos);
        }
        return Math.max(n, 0);
    }

    /** Ends the stream: an incomplete line is written. */
    void close(LineBatch batch, LogFile log, long unixNanos) {
        if (fd < 0) {
            return;
        }
        framer.stamp(unixNanos);
        while (!framer.finish(batch)) {
            log.append(batch);
        }
        log.append(batch);
        files.close(fd);
        fd = -1;
    }
}
