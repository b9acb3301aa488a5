package carafe.shim.control;

import carafe.shim.record.Facts;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * Whether the kernel has killed a process of the container for want of memory. On v1 the counter is
 * in {@code memory.oom_control} (Linux 4.13), on v2 in {@code memory.events}, there including all
 * below. Keeps the file open: the path may be gone when it matters.
 */
final class OomCounter {
    private static final int READ_BYTES = 1024;
    private static final String NAME = "oom_kill ";
    private static final byte NEWLINE = '\n';

    private final Syscalls sys;
    private final int fd;
    private final long before;

    private OomCounter(Syscalls sys, int fd) {
        this.sys = sys;
        this.fd = fd;
        this.before = read();
    }

    /** A counter that stands where it stands now; one that never grows when there is none. */
    static OomCounter of(Syscalls sys, Facts facts) {
        int fd = -1;
        if (!facts.memoryCgroup().isEmpty()) {
            String name = facts.memoryVersion() == 1 ? "/memory.oom_control" : "/memory.events";
            try {
                int flags = FileCalls.O_RDONLY | FileCalls.O_CLOEXEC;
                fd = sys.files().open(FileCalls.AT_FDCWD, facts.memoryCgroup() + name, flags, 0);
            } catch (SyscallException e) {
                fd = -1;
            }
        }
        return new OomCounter(sys, fd);
    }

    /** Processes killed since the counter was made. */
    long grown() {
        long now = read();
        return now > before ? now - before : 0;
    }

    private long read() {
        if (fd < 0) {
            return 0;
        }
        Buffer buffer = sys.memory().allocate(READ_BYTES);
        int n = sys.files().readAt(fd, buffer, 0, READ_BYTES, 0);
        long value = n <= 0 ? 0 : parse(buffer, n);
        buffer.free();
        return value;
    }

    private static long parse(Buffer buffer, int length) {
        int line = 0;
        while (line < length) {
            int end = buffer.indexOf(NEWLINE, line, length - line);
            end = end < 0 ? length : end;
            if (startsWithName(buffer, line, end)) {
                return number(buffer, line + NAME.length(), end);
            }
            line = end + 1;
        }
        return 0;
    }

    private static boolean startsWithName(Buffer buffer, int line, int end) {
        if (end - line <= NAME.length()) {
            return false;
        }
        for (int i = 0; i < NAME.length(); i++) {
            if (buffer.get(line + i) != NAME.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static long number(Buffer buffer, int start, int end) {
        long value = 0;
        for (int i = start; i < end; i++) {
            int digit = buffer.get(i) - '0';
            if (digit < 0 || digit > 9) {
                return value;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
