package carafe.shim.pump;

import carafe.shim.log.LineBatch;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.Memory;
import carafe.shim.sys.SyscallException;
import org.jspecify.annotations.Nullable;

/**
 * The log file. A write that fails, as on a full disk, loses whole lines and counts them: the
 * container must never stand still for a disk that refuses. A line of which a part was written is
 * kept and finished first when writing works again, so that no line is ever torn. (A disk that
 * stalls does block, and the container with it.) Not thread-safe.
 */
final class LogFile {
    private static final byte NEWLINE = '\n';

    private final FileCalls files;
    private final Memory memory;
    private final @Nullable LogTarget target;
    private int fd = -1;
    private long lostBytes;
    private long writtenBytes;
    private @Nullable Buffer torn;
    private int tornDone;
    private int lastErrno;

    /**
     * @param target null = everything is dropped, uncounted
     */
    LogFile(FileCalls files, Memory memory, @Nullable LogTarget target) {
        this.files = files;
        this.memory = memory;
        this.target = target;
    }

    /**
     * Opens the file at the target and, once that has worked, lets go of the one before. What comes
     * next goes to the new one.
     */
    void open() throws SyscallException {
        if (target == null) {
            return;
        }
        int opened = target.open(files);
        if (torn != null && !finishTornLine()) {
            lostBytes += torn.size() - tornDone;
            forgetTornLine();
        }
        files.close(fd);
        fd = opened;
    }

    /** Bytes of log lines that could not be written. */
    long lostBytes() {
        return lostBytes;
    }

    /** Bytes of log lines that were written. */
    long writtenBytes() {
        return writtenBytes;
    }

    /** Error of the last write, 0 when it worked. */
    int lastErrno() {
        return lastErrno;
    }

    /** Writes the batch or counts it as lost, and clears it. */
    void append(LineBatch batch) {
        int used = batch.used();
        if (used > 0 && target != null) {
            if (torn != null && !finishTornLine()) {
                lostBytes += used;
            } else {
                int done = write(batch.buffer(), 0, used);
                if (done < used) {
                    fail(batch.buffer(), done, used);
                }
            }
        }
        batch.clear();
    }

    void close() {
        if (torn != null && !finishTornLine()) {
            lostBytes += torn.size() - tornDone;
            forgetTornLine();
        }
        files.close(fd);
        fd = -1;
    }

    private void fail(Buffer lines, int done, int used) {
        int lost = done;
        boolean withinLine = done > 0 && lines.get(done - 1) != NEWLINE;
        if (withinLine) {
            lost = lines.indexOf(NEWLINE, done, used - done) + 1;
            Buffer rest = memory.allocate(lost - done);
            rest.put(0, lines, done, lost - done);
            torn = rest;
            tornDone = 0;
        }
        lostBytes += used - lost;
    }

    private boolean finishTornLine() {
        Buffer rest = torn;
        if (rest == null) {
            return true;
        }
        tornDone += write(rest, tornDone, rest.size() - tornDone);
        if (tornDone < rest.size()) {
            return false;
        }
        forgetTornLine();
        return true;
    }

    private void forgetTornLine() {
        if (torn != null) {
            torn.free();
            torn = null;
        }
    }

    /** Bytes written before the first error. */
    private int write(Buffer from, int offset, int length) {
        int done = 0;
        lastErrno = 0;
        while (done < length) {
            int n = files.write(fd, from, offset + done, length - done);
            if (n > 0) {
                done += n;
                writtenBytes += n;
            } else if (n != -Errno.EINTR) {
                lastErrno = n == 0 ? Errno.EIO : -n;
                return done;
            }
        }
        return done;
    }
}
