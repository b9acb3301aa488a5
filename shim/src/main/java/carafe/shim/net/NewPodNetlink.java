package carafe.shim.net;

import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * The socket by which the daemon gives a new pod its addresses, opened by the launcher that is
 * about to end anyway: a process of its own for it (role netsock) costs more than all the rest of
 * the pod's network. The daemon listens at {@code n} in the working directory, which is its own
 * alone; where it does not, nothing is opened.
 */
public final class NewPodNetlink {
    private static final String INBOX = "n";

    private final Syscalls sys;

    public NewPodNetlink(Syscalls sys) {
        this.sys = sys;
    }

    /**
     * Hands a NETLINK_ROUTE socket of the network of a process to the daemon, if it waits for one.
     * The calling process is in that network afterwards: it must have no other work.
     *
     * @param pid of a process that cannot end before this returns
     */
    public void give(int pid) throws SyscallException {
        int daemon = sys.sockets().socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_STREAM);
        try {
            if (isAwaited(daemon)) {
                enter("/proc/" + pid + "/ns/net");
                int netlink = sys.sockets().socket(SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW);
                sys.sockets().sendDescriptor(daemon, netlink);
                sys.files().close(netlink);
            }
        } finally {
            sys.files().close(daemon);
        }
    }

    private boolean isAwaited(int socket) throws SyscallException {
        try {
            sys.sockets().connect(socket, INBOX);
            return true;
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ECONNREFUSED) {
                return false;
            }
            throw e;
        }
    }

    private void enter(String namespace) throws SyscallException {
        int flags = FileCalls.O_RDONLY | FileCalls.O_CLOEXEC;
        int fd = sys.files().open(FileCalls.AT_FDCWD, namespace, flags, 0);
        try {
            sys.processes().enter(fd, ProcessCalls.CLONE_NEWNET);
        } finally {
            sys.files().close(fd);
        }
    }
}
