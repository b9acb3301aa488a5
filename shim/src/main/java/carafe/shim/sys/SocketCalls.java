package carafe.shim.sys;

/** Calls on sockets and terminals. */
public interface SocketCalls {
    int AF_UNIX = 1;
    int AF_INET = 2;
    int AF_INET6 = 10;
    int AF_NETLINK = 16;
    int SOCK_STREAM = 1;
    int SOCK_DGRAM = 2;
    int SOCK_RAW = 3;
    int SOCK_SEQPACKET = 5;
    int SOCK_NONBLOCK = 04000;
    int MSG_DONTWAIT = 0x40;
    int MSG_NOSIGNAL = 0x4000;
    int SHUT_WR = 1;

    /** A socket, close-on-exec. */
    int socket(int domain, int type) throws SyscallException;

    /** Two connected unix sockets, close-on-exec, packed like a pipe. */
    long pair(int type) throws SyscallException;

    /** Binds to a path of at most 107 bytes. */
    void bind(int fd, String path) throws SyscallException;

    void connect(int fd, String path) throws SyscallException;

    void listen(int fd, int backlog) throws SyscallException;

    /** accept4 close-on-exec; descriptor or minus errno. */
    int accept(int fd, int flags);

    void shutdown(int fd, int how) throws SyscallException;

    /** Uid of the peer of a unix socket (SO_PEERCRED). */
    int peerUid(int fd) throws SyscallException;

    /** Count or minus errno. */
    int send(int fd, Buffer from, int offset, int length, int flags);

    /** Count, 0 at the end, or minus errno. */
    int receive(int fd, Buffer to, int offset, int length, int flags);

    /** Sends one byte and a descriptor. */
    void sendDescriptor(int socket, int fd) throws SyscallException;

    /**
     * Receives one byte and perhaps a descriptor, which is then close-on-exec.
     *
     * @return the descriptor, or minus errno: EAGAIN = nothing there, EPIPE = end, EIO = a byte
     *     came without a descriptor
     */
    int receiveDescriptor(int socket);

    /** Sends a packet and a descriptor with it; count or minus errno. */
    int sendWithDescriptor(int socket, Buffer from, int length, int fd);

    /**
     * Receives a packet, and perhaps a descriptor, which is then close-on-exec.
     *
     * @return count (0 at the end) or minus errno in the low 32 bits; the descriptor, -1 = none, in
     *     the high ones
     */
    long receiveWithDescriptor(int socket, Buffer to, int length);

    /**
     * A TCP connection to a loopback address, begun; see {@link #connectError}.
     *
     * @param fd of AF_INET or AF_INET6, non-blocking
     * @return 0 or minus errno: EINPROGRESS = POLLOUT will tell
     */
    int connectLoopback(int fd, int domain, int port);

    /** SO_ERROR: how a connect that has begun ended; 0 = connected. */
    int connectError(int fd) throws SyscallException;

    /** TIOCSCTTY: makes the terminal the session's controlling one. */
    void setControllingTerminal(int fd) throws SyscallException;

    void setWindowSize(int fd, int columns, int rows) throws SyscallException;

    /** TIOCSPTLCK 0. */
    void unlockTerminal(int master) throws SyscallException;

    /** TIOCGPTN: number of the slave. */
    int terminalNumber(int master) throws SyscallException;

    /** TIOCGPTPEER: the slave of this master, opened without a path (Linux 4.13). */
    int openTerminalPeer(int master, int flags) throws SyscallException;

    /** SIOCSIFFLAGS: adds IFF_UP to an interface of the caller's network namespace. */
    void raiseInterface(String name) throws SyscallException;
}
