package carafe.linux;

import java.util.Optional;

/** A descriptor that names one process for good. The holder closes it. */
public final class Pidfd implements AutoCloseable {
    // The numbers are the same on every architecture: both calls are newer than the common table.
    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;
    private static final int MAX_SIGNAL = 64;

    private final PidIdentity process;
    private final Fd fd;

    private Pidfd(PidIdentity process, Fd fd) {
        this.process = process;
        this.fd = fd;
    }

    /**
     * Opens the process; empty when it has ended, even if its pid is somebody else's now.
     *
     * @throws SyscallException EMFILE and the like
     */
    public static Optional<Pidfd> open(PidIdentity process, Processes processes)
            throws SyscallException {
        Fd fd;
        try {
            fd =
                    new Fd(
                            (int)
                                    NativeCall.run(
                                            "pidfd_open",
                                            "pid " + process.pid(),
                                            () ->
                                                    LibC.syscall(
                                                            SYS_PIDFD_OPEN,
                                                            process.pid(),
                                                            0,
                                                            0,
                                                            0,
                                                            0)));
        } catch (SyscallException e) {
            if (e.is(Errno.ESRCH)) {
                return Optional.empty();
            }
            throw e;
        }
        // Asked after opening: if the pid still has its start time, the descriptor is that process.
        if (!processes.alive(process)) {
            fd.close();
            return Optional.empty();
        }
        return Optional.of(new Pidfd(process, fd));
    }

    /**
     * Sends a signal; a process that has ended is not an error.
     *
     * @param signal 0 to 64
     * @return whether the process was still there
     */
    public boolean send(int signal) throws SyscallException {
        if (signal < 0 || signal > MAX_SIGNAL) {
            throw new IllegalArgumentException("no such signal: " + signal);
        }
        try {
            NativeCall.run(
                    "pidfd_send_signal",
                    "pid " + process.pid(),
                    () -> LibC.syscall(SYS_PIDFD_SEND_SIGNAL, fd.number(), signal, 0, 0, 0));
            return true;
        } catch (SyscallException e) {
            if (e.is(Errno.ESRCH)) {
                return false;
            }
            throw e;
        }
    }

    public PidIdentity process() {
        return process;
    }

    Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }
}
