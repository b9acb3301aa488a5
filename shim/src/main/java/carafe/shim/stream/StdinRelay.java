package carafe.shim.stream;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.Syscalls;
import org.jspecify.annotations.Nullable;

/**
 * Input of one client for a process. Takes bytes in chunks of at most 64 KiB and only when the
 * chunk before is written. Bytes for a process that has no input, or has closed it, are dropped.
 */
public final class StdinRelay {
    private final Syscalls sys;
    private final Input io;
    private @Nullable Buffer waiting;
    private int waitingDone;
    private boolean ending;

    /** Where input goes. */
    public interface Input {
        /** Non-blocking descriptor to write to, -1 = there is none. */
        int stdin();

        /** Whether that is a terminal's master end. */
        boolean hasTerminal();

        /** No client wants to send more. */
        void endStdin();

        /** Nobody reads it any more. */
        void closeStdin();
    }

    public StdinRelay(Syscalls sys, Input io) {
        this.sys = sys;
        this.io = io;
    }

    /** Descriptor to wait for until it can be written, -1 = nothing waits. */
    public int blockedFd() {
        return waiting == null ? -1 : io.stdin();
    }

    public boolean isBlocked() {
        return waiting != null;
    }

    /** Writes what it can and keeps the rest; not while blocked. */
    public void accept(Buffer from, int offset, int length) {
        int done = write(from, offset, length);
        if (done < length && io.stdin() >= 0) {
            Buffer rest = sys.memory().allocate(length - done);
            rest.put(0, from, offset + done, length - done);
            waiting = rest;
            waitingDone = 0;
        }
    }

    /** Writes more of what waits. */
    public void flush() {
        Buffer rest = waiting;
        if (rest == null) {
            return;
        }
        waitingDone += write(rest, waitingDone, rest.size() - waitingDone);
        if (waitingDone == rest.size() || io.stdin() < 0) {
            forget();
            if (ending) {
                close();
            }
        }
    }

    /** No more will come; a terminal stays as it is, since it has no end of input. */
    public void end() {
        if (waiting == null) {
            close();
        } else {
            ending = true;
        }
    }

    private void close() {
        if (!io.hasTerminal()) {
            io.endStdin();
        }
    }

    /** Gives up what waits. */
    public void forget() {
        if (waiting != null) {
            waiting.free();
            waiting = null;
        }
    }

    private int write(Buffer from, int offset, int length) {
        int done = 0;
        while (done < length && io.stdin() >= 0) {
            int n = sys.files().write(io.stdin(), from, offset + done, length - done);
            if (n > 0) {
                done += n;
            } else if (n == -Errno.EAGAIN) {
                return done;
            } else if (n != -Errno.EINTR) {
                io.closeStdin();
            }
        }
        return done;
    }
}
