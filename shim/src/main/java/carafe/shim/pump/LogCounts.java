package carafe.shim.pump;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * What the log has taken, in a file for the daemon to read when it likes: nobody is woken for it.
 * Four longs in the machine's order: lines, parts of longer lines, bytes written, bytes lost.
 * Written once a second while there is output, and once more when it has paused. Goes on where an
 * earlier pump of the container has stopped. A file that cannot be written counts nothing and hurts
 * nothing. Not thread-safe; allocates at its start only.
 */
final class LogCounts {
    /** Bytes of the file. */
    static final int BYTES = 4 * Long.BYTES;

    private static final int LINES = 0;
    private static final int PARTS = 8;
    private static final int WRITTEN = 16;
    private static final int LOST = 24;
    private static final int FLAGS =
            FileCalls.O_RDWR | FileCalls.O_CREAT | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC;
    private static final long OFTEN_NANOS = 1_000_000_000L;

    private final FileCalls files;
    private final Buffer before;
    private final Buffer now;
    private int fd = -1;
    private boolean behind;
    private long writtenAtNanos;

    LogCounts(Syscalls sys, String path) {
        this.files = sys.files();
        this.before = sys.memory().allocate(BYTES);
        this.now = sys.memory().allocate(BYTES);
        try {
            fd = files.open(FileCalls.AT_FDCWD, path, FLAGS, 0600);
            if (files.readAt(fd, before, 0, BYTES, 0) != BYTES) {
                clear(before);
            }
        } catch (SyscallException e) {
            fd = -1;
        }
        now.put(0, before, 0, BYTES);
    }

    /**
     * What this pump's log has taken by now; written when the last time is long enough ago.
     *
     * @param nanos now, by any clock
     */
    void count(Source stdout, Source stderr, LogFile log, long nanos) {
        count(stdout, stderr, log);
        long since = nanos - writtenAtNanos;
        if (behind && (since >= OFTEN_NANOS || since < 0)) {
            write();
            writtenAtNanos = nanos;
        }
    }

    private void count(Source stdout, Source stderr, LogFile log) {
        set(LINES, stdout.lines() + stderr.lines());
        set(PARTS, stdout.parts() + stderr.parts());
        set(WRITTEN, log.writtenBytes());
        set(LOST, log.lostBytes());
    }

    /** Whether the file does not say all that was counted. */
    boolean isBehind() {
        return behind;
    }

    /** Writes what was counted, if that is new. */
    void write() {
        if (!behind) {
            return;
        }
        behind = false;
        try {
            files.seek(fd, 0, FileCalls.SEEK_SET);
            files.write(fd, now, 0, BYTES);
        } catch (SyscallException e) {
            fd = -1;
        }
    }

    /** The last word. */
    void close(Source stdout, Source stderr, LogFile log) {
        count(stdout, stderr, log);
        write();
        files.close(fd);
        fd = -1;
    }

    private void set(int at, long value) {
        long sum = before.getLong(at) + value;
        if (fd >= 0 && now.getLong(at) != sum) {
            now.putLong(at, sum);
            behind = true;
        }
    }

    private static void clear(Buffer counts) {
        for (int at = 0; at < BYTES; at += Long.BYTES) {
            counts.putLong(at, 0);
        }
    }
}
