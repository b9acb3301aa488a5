package carafe.shim.control;

import carafe.shim.child.ChildIo;
import carafe.shim.stream.StdinRelay;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * The standard streams of one exec'd process, both ends until the child has been forked. Our ends
 * are non-blocking; those of the process are as a program expects them.
 */
final class ExecIo implements StdinRelay.Input {
    private final Syscalls sys;
    private final TerminalRelay terminal;
    private int stdin = -1;
    private int stdout = -1;
    private int stderr = -1;
    private int childStdin = -1;
    private int childStdout = -1;
    private int childStderr = -1;

    private ExecIo(Syscalls sys, TerminalRelay terminal) {
        this.sys = sys;
        this.terminal = terminal;
    }

    static ExecIo open(Syscalls sys, boolean hasStdin, boolean hasTerminal)
            throws SyscallException {
        ExecIo io =
                new ExecIo(sys, hasTerminal ? TerminalRelay.open(sys) : TerminalRelay.none(sys));
        try {
            if (!hasTerminal) {
                io.openPipes(hasStdin);
            }
            return io;
        } catch (SyscallException e) {
            io.closeChildEnds();
            io.close();
            throw e;
        }
    }

    private void openPipes(boolean hasStdin) throws SyscallException {
        long out = sys.files().pipe(0);
        stdout = FileCalls.readEnd(out);
        childStdout = FileCalls.writeEnd(out);
        nonBlocking(stdout);
        long err = sys.files().pipe(0);
        stderr = FileCalls.readEnd(err);
        childStderr = FileCalls.writeEnd(err);
        nonBlocking(stderr);
        if (hasStdin) {
            long in = sys.files().pipe(0);
            childStdin = FileCalls.readEnd(in);
            stdin = FileCalls.writeEnd(in);
            nonBlocking(stdin);
        }
    }

    /** Of what is kept already, so that it is closed when this fails. */
    private void nonBlocking(int fd) throws SyscallException {
        // O_RDONLY and O_WRONLY are not changed by F_SETFL.
        sys.files().setStatusFlags(fd, FileCalls.O_NONBLOCK);
    }

    ChildIo forChild() {
        return new ChildIo(childStdin, childStdout, childStderr, terminal.childEnd());
    }

    void closeChildEnds() {
        sys.files().close(childStdin);
        sys.files().close(childStdout);
        sys.files().close(childStderr);
        terminal.closeChildEnd();
        childStdin = -1;
        childStdout = -1;
        childStderr = -1;
    }

    /** With a terminal: its master end becomes both output and input. */
    void takeTerminalIfAny() throws SyscallException {
        if (!terminal.isExpected()) {
            return;
        }
        stdout = terminal.take();
        nonBlocking(stdout);
        stdin = stdout;
    }

    @Override
    public boolean hasTerminal() {
        return stdin >= 0 && stdin == stdout;
    }

    @Override
    public int stdin() {
        return stdin;
    }

    int stdout() {
        return stdout;
    }

    int stderr() {
        return stderr;
    }

    @Override
    public void endStdin() {
        closeStdin();
    }

    @Override
    public void closeStdin() {
        if (stdin != stdout) {
            sys.files().close(stdin);
        }
        stdin = -1;
    }

    void closeStdout() {
        if (stdin == stdout) {
            stdin = -1;
        }
        sys.files().close(stdout);
        stdout = -1;
    }

    void closeStderr() {
        sys.files().close(stderr);
        stderr = -1;
    }

    void close() {
        closeStdin();
        closeStdout();
        closeStderr();
        terminal.close();
    }
}
