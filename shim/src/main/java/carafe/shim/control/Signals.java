package carafe.shim.control;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Reply;

/**
 * Reaps every child, whichever ends first: PID 1 of a container is not reported before all
 * processes exec'd into it are reaped.
 */
final class Signals implements Party {
    private static final long SIGCHLD_MASK = 1L << (ProcessCalls.SIGCHLD - 1);
    private static final int RECORD_BYTES = 128;
    private static final int[] IGNORED = {
        ProcessCalls.SIGHUP, 2, 3, ProcessCalls.SIGPIPE, ProcessCalls.SIGTERM
    };

    private final Syscalls sys;
    private final Buffer buffer;
    private final int fd;
    private Reaped reaped = (pid, status) -> {};
    private int polled = PollSet.ABSENT;

    /** Who is told of ended children. */
    interface Reaped {
        /**
         * @param status as wait(2) gives it
         */
        void reaped(int pid, int status);
    }

    /** Blocks SIGCHLD and ignores what would end this process. */
    Signals(Syscalls sys) throws SyscallException {
        this.sys = sys;
        this.buffer = sys.memory().allocate(RECORD_BYTES);
        sys.processes().setSignalMask(SIGCHLD_MASK);
        for (int signal : IGNORED) {
            sys.processes().ignoreSignal(signal);
        }
        this.fd = sys.waits().signalDescriptor(SIGCHLD_MASK);
    }

    void onReaped(Reaped listener) {
        reaped = listener;
    }

    @Override
    public void join(PollSet polls) {
        polled = polls.add(fd, PollSet.IN);
    }

    @Override
    public void serve(PollSet polls) {
        if (polls.events(polled) != 0) {
            // The signal does not queue: one record may stand for many children.
            sys.files().read(fd, buffer, 0, RECORD_BYTES);
            reapAll();
        }
    }

    @Override
    public long deadlineNanos() {
        return NEVER;
    }

    /** Reaps what has ended; whether there are children left. */
    boolean reapAll() {
        int pid = sys.processes().reapAny(buffer);
        while (pid > 0 || pid == -Errno.EINTR) {
            if (pid > 0) {
                reaped.reaped(pid, buffer.getInt(0));
            }
            pid = sys.processes().reapAny(buffer);
        }
        return pid == 0;
    }

    /** Exit status as shells have it: 128 + signal when a signal ended it. */
    static int code(int status) {
        int signal = signal(status);
        return signal > 0 ? 128 + signal : (status >> 8) & 0xff;
    }

    /** Signal that ended it, 0 = none. */
    static int signal(int status) {
        return status & 0x7f;
    }

    /** How it ended, for an exec. */
    static Reply.ExecExited execExited(int status, Reply.ExecEnd end) {
        return new Reply.ExecExited(code(status), signal(status), end);
    }
}
