package carafe.shim.pump;

import carafe.shim.stream.StdinRelay;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * The container's standard input, which all attached clients share: a pipe, or the terminal's
 * master end.
 */
final class ContainerInput implements StdinRelay.Input {
    private final Syscalls sys;
    private final Once once;
    private int pipe;
    private int master = -1;
    private boolean closed;

    /** Told when the input has been closed for good. */
    @FunctionalInterface
    interface Once {
        void closed();
    }

    /**
     * @param pipe write end, owned from here on; -1 = none
     */
    ContainerInput(Syscalls sys, int pipe, Once once) {
        this.sys = sys;
        this.pipe = pipe;
        this.once = once;
        if (pipe >= 0) {
            try {
                sys.files().setStatusFlags(pipe, FileCalls.O_WRONLY | FileCalls.O_NONBLOCK);
            } catch (SyscallException e) {
                // Every pipe can be made so; one that is not might make the log wait.
                closeStdin();
            }
        }
    }

    /** The terminal is there, or gone (-1); it stays the caller's. */
    void terminal(int fd) {
        master = fd;
    }

    @Override
    public int stdin() {
        return master >= 0 ? master : pipe;
    }

    @Override
    public boolean hasTerminal() {
        return master >= 0;
    }

    /** The one client that had input to give has no more. */
    @Override
    public void endStdin() {
        if (!hasTerminal() && !closed) {
            closed = true;
            closeStdin();
            once.closed();
        }
    }

    @Override
    public void closeStdin() {
        sys.files().close(pipe);
        pipe = -1;
    }
}
