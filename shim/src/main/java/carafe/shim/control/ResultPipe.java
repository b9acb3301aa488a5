package carafe.shim.control;

import carafe.shim.sys.Errno;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;

/**
 * Standard output until the one frame is written that says how the create went. The launcher stays
 * until then: a JVM that has started it closes the pipe as soon as the process it knows has ended.
 */
final class ResultPipe {
    private static final int NULL_DEVICE = 0;
    private static final int STDOUT = 1;

    private final Syscalls sys;
    private final int launcher;
    private boolean open = true;

    /**
     * @param launcher write end of the pipe on whose end the launcher waits, owned from here on; -1
     *     = there is none
     */
    ResultPipe(Syscalls sys, int launcher) {
        this.sys = sys;
        this.launcher = launcher;
    }

    /** Descriptor to watch for a reader that goes away, -1 when the frame is written. */
    int fd() {
        return open ? STDOUT : -1;
    }

    /** Writes the reply, closes the pipe; whether somebody can read it. */
    boolean send(Reply reply) {
        try {
            return send(Codec.encode(reply));
        } catch (WireException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Writes the frame, closes the pipe; whether somebody can read it. Only the first one counts.
     */
    boolean send(byte[] frame) {
        if (!open) {
            return false;
        }
        int done = 0;
        while (done < frame.length) {
            int n = sys.files().write(STDOUT, frame, done, frame.length - done);
            if (n < 0 && n != -Errno.EINTR) {
                break;
            }
            done += Math.max(n, 0);
        }
        open = false;
        sys.files().close(launcher);
        try {
            sys.files().duplicateTo(NULL_DEVICE, STDOUT, 0);
        } catch (SyscallException e) {
            sys.files().close(STDOUT);
        }
        return done == frame.length;
    }
}
