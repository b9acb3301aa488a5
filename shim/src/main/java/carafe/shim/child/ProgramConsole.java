package carafe.shim.child;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import java.util.List;

/**
 * The way of a terminal's master end from an OCI runtime to control. The socket is named by a short
 * relative path: an address holds 108 bytes, and a bundle's path may be longer.
 */
final class ProgramConsole {
    private final Syscalls sys;
    private final ChildIo io;
    private final String name;
    private int listener = -1;

    /**
     * @param io whose terminal socket the master end is passed on to, if there is one
     */
    ProgramConsole(Syscalls sys, ChildIo io) {
        this.sys = sys;
        this.io = io;
        this.name = ".console." + sys.processes().pid();
    }

    /** Adds the option that has the program send the terminal here; nothing without a terminal. */
    void open(List<String> options) throws SyscallException {
        if (!io.hasTerminal()) {
            return;
        }
        int type = SocketCalls.SOCK_STREAM | SocketCalls.SOCK_NONBLOCK;
        listener = sys.sockets().socket(SocketCalls.AF_UNIX, type);
        sys.sockets().bind(listener, name);
        sys.sockets().listen(listener, 1);
        options.add("--console-socket");
        options.add(name);
    }

    /** Passes the master end on; the program has ended by now, so nothing is waited for. */
    void forward() throws SyscallException {
        if (!io.hasTerminal()) {
            return;
        }
        int connection = sys.sockets().accept(listener, SocketCalls.SOCK_NONBLOCK);
        if (connection < 0) {
            throw new SyscallException("accept", name, -connection);
        }
        int master = sys.sockets().receiveDescriptor(connection);
        sys.files().close(connection);
        if (master < 0) {
            throw new SyscallException("recvmsg", name, -master);
        }
        sys.sockets().sendDescriptor(io.terminalSocket(), master);
        sys.files().close(master);
        sys.files().close(io.terminalSocket());
    }

    /** Takes the socket away. */
    void close() {
        if (listener < 0) {
            return;
        }
        sys.files().close(listener);
        listener = -1;
        try {
            sys.files().unlink(FileCalls.AT_FDCWD, name, 0);
        } catch (SyscallException e) {
            // It goes with the bundle.
        }
    }
}
