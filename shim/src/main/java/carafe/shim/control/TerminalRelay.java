package carafe.shim.control;

import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * The way of a terminal's master end out of the container: init opens it in the container's own
 * devpts and sends it over a socket before it reports that it is born.
 */
final class TerminalRelay {
    private final Syscalls sys;
    private int ours = -1;
    private int theirs = -1;

    private TerminalRelay(Syscalls sys) {
        this.sys = sys;
    }

    /** A way that nothing will come. */
    static TerminalRelay none(Syscalls sys) {
        return new TerminalRelay(sys);
    }

    static TerminalRelay open(Syscalls sys) throws SyscallException {
        TerminalRelay relay = new TerminalRelay(sys);
        int type = SocketCalls.SOCK_STREAM | SocketCalls.SOCK_NONBLOCK;
        long pair = sys.sockets().pair(type);
        relay.ours = (int) pair;
        relay.theirs = (int) (pair >>> 32);
        return relay;
    }

    /** Whether a master end is still to come. */
    boolean isExpected() {
        return ours >= 0;
    }

    /** The end for the child, -1 = there is no terminal. */
    int childEnd() {
        return theirs;
    }

    void closeChildEnd() {
        sys.files().close(theirs);
        theirs = -1;
    }

    /** Passes the master end on to the pump, if there is one. */
    void forward(PumpLink pump) throws SyscallException {
        if (!isExpected()) {
            return;
        }
        pump.terminal(take());
    }

    /**
     * The master end, the caller's from here on.
     *
     * @throws SyscallException when the child has not sent it
     */
    int take() throws SyscallException {
        int master = sys.sockets().receiveDescriptor(ours);
        close();
        if (master < 0) {
            throw new SyscallException("recvmsg", "terminal", -master);
        }
        return master;
    }

    void close() {
        sys.files().close(ours);
        ours = -1;
        closeChildEnd();
    }
}
