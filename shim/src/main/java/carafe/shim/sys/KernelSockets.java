package carafe.shim.sys;

/** {@link SocketCalls} on a {@link Kernel}. */
final class KernelSockets implements SocketCalls {
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CTRUNC = 8;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int SO_ERROR = 4;
    private static final int SUN_PATH = 108;
    private static final int SOCKADDR_IN = 16;
    private static final int SOCKADDR_IN6 = 28;
    private static final int SOCKADDR_IN6_LAST_BYTE = 23;
    private static final long TIOCSCTTY = 0x540e;
    private static final long TIOCSWINSZ = 0x5414;
    private static final long TIOCGPTN = 0x80045430L;
    private static final long TIOCSPTLCK = 0x40045431L;
    private static final long TIOCGPTPEER = 0x5441;
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final int IFNAMSIZ = 16;
    private static final int IFREQ = 40;
    private static final int IFF_UP = 1;

    private final Calls calls;

    KernelSockets(Calls calls) {
        this.calls = calls;
    }

    @Override
    public int socket(int domain, int type) throws SyscallException {
        long result = calls.call(Call.SOCKET, domain, type | SOCK_CLOEXEC, 0);
        return (int) calls.check("socket", "", result);
    }

    @Override
    public long pair(int type) throws SyscallException {
        long at = calls.begin().space(8);
        long result = calls.call(Call.SOCKETPAIR, AF_UNIX, type | SOCK_CLOEXEC, 0, at);
        calls.check("socketpair", "", result);
        return calls.kernel().getLong(at);
    }

    @Override
    public void bind(int fd, String path) throws SyscallException {
        long address = address(path, "bind");
        calls.check("bind", path, calls.call(Call.BIND, fd, address, 2 + SUN_PATH));
    }

    @Override
    public void connect(int fd, String path) throws SyscallException {
        long address = address(path, "connect");
        calls.check("connect", path, calls.call(Call.CONNECT, fd, address, 2 + SUN_PATH));
    }

    private long address(String path, String call) throws SyscallException {
        byte[] name = Utf8.encode(path);
        if (name.length == 0 || name[0] == 0 || name.length >= SUN_PATH) {
            throw new SyscallException(call, path, Errno.ENAMETOOLONG);
        }
        long at = calls.begin().space(2 + SUN_PATH);
        calls.kernel().putByte(at, (byte) AF_UNIX);
        calls.kernel().copyIn(at + 2, name, 0, name.length);
        return at;
    }

    @Override
    public void listen(int fd, int backlog) throws SyscallException {
        calls.check("listen", "", calls.call(Call.LISTEN, fd, backlog));
    }

    @Override
    public int accept(int fd, int flags) {
        return (int) calls.call(Call.ACCEPT4, fd, 0, 0, flags | SOCK_CLOEXEC);
    }

    @Override
    public void shutdown(int fd, int how) throws SyscallException {
        calls.check("shutdown", "", calls.call(Call.SHUTDOWN, fd, how));
    }

    @Override
    public int peerUid(int fd) throws SyscallException {
        Scratch scratch = calls.begin();
        long credentials = scratch.space(12);
        long size = scratch.space(4);
        calls.kernel().putInt(size, 12);
        long result = calls.call(Call.GETSOCKOPT, fd, SOL_SOCKET, SO_PEERCRED, credentials, size);
        calls.check("getsockopt", "SO_PEERCRED", result);
        return calls.kernel().getInt(credentials + 4);
    }

    @Override
    public int send(int fd, Buffer from, int offset, int length, int flags) {
        return (int) calls.call(Call.SENDTO, fd, from.at(offset, length), length, flags, 0);
    }

    @Override
    public int receive(int fd, Buffer to, int offset, int length, int flags) {
        return (int) calls.call(Call.RECVFROM, fd, to.at(offset, length), length, flags, 0);
    }

    @Override
    public void sendDescriptor(int socket, int fd) throws SyscallException {
        long message = message();
        putRights(message, fd);
        calls.check("sendmsg", "", calls.call(Call.SENDMSG, socket, message, MSG_NOSIGNAL));
    }

    @Override
    public int receiveDescriptor(int socket) {
        long message = message();
        long got = calls.call(Call.RECVMSG, socket, message, MSG_CMSG_CLOEXEC);
        if (got <= 0) {
            return got == 0 ? -Errno.EPIPE : (int) got;
        }
        boolean whole = (calls.kernel().getInt(message + 48) & MSG_CTRUNC) == 0;
        return whole && hasRights(message) ? rights(message) : -Errno.EIO;
    }

    @Override
    public int sendWithDescriptor(int socket, Buffer from, int length, int fd) {
        long message = message(from.at(0, length), length);
        putRights(message, fd);
        int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
        return (int) calls.call(Call.SENDMSG, socket, message, flags);
    }

    private void putRights(long message, int fd) {
        Kernel kernel = calls.kernel();
        long control = kernel.getLong(message + 32);
        kernel.putLong(control, 20);
        kernel.putInt(control + 8, SOL_SOCKET);
        kernel.putInt(control + 12, SCM_RIGHTS);
        kernel.putInt(control + 16, fd);
    }

    @Override
    public long receiveWithDescriptor(int socket, Buffer to, int length) {
        long message = message(to.at(0, length), length);
        int flags = MSG_CMSG_CLOEXEC | MSG_DONTWAIT;
        long got = calls.call(Call.RECVMSG, socket, message, flags);
        int fd = got > 0 && hasRights(message) ? rights(message) : -1;
        return ((long) fd << 32) | (got & 0xffffffffL);
    }

    private boolean hasRights(long message) {
        Kernel kernel = calls.kernel();
        long control = kernel.getLong(message + 32);
        return kernel.getLong(message + 40) >= 20
                && kernel.getInt(control + 8) == SOL_SOCKET
                && kernel.getInt(control + 12) == SCM_RIGHTS;
    }

    private int rights(long message) {
        Kernel kernel = calls.kernel();
        return kernel.getInt(kernel.getLong(message + 32) + 16);
    }

    @Override
    public int connectLoopback(int fd, int domain, int port) {
        boolean six = domain == AF_INET6;
        long at = calls.begin().space(six ? SOCKADDR_IN6 : SOCKADDR_IN);
        Kernel kernel = calls.kernel();
        kernel.putByte(at, (byte) domain);
        kernel.putByte(at + 2, (byte) (port >> 8));
        kernel.putByte(at + 3, (byte) port);
        if (six) {
            kernel.putByte(at + SOCKADDR_IN6_LAST_BYTE, (byte) 1);
        } else {
            kernel.putByte(at + 4, (byte) 127);
            kernel.putByte(at + 7, (byte) 1);
        }
        return (int) calls.call(Call.CONNECT, fd, at, six ? SOCKADDR_IN6 : SOCKADDR_IN);
    }

    @Override
    public int connectError(int fd) throws SyscallException {
        Scratch scratch = calls.begin();
        long error = scratch.space(4);
        long size = scratch.space(4);
        calls.kernel().putInt(size, 4);
        long result = calls.call(Call.GETSOCKOPT, fd, SOL_SOCKET, SO_ERROR, error, size);
        calls.check("getsockopt", "SO_ERROR", result);
        return calls.kernel().getInt(error);
    }

    /** A struct msghdr of one byte and room for one descriptor. */
    private long message() {
        return message(0, 1);
    }

    /**
     * A struct msghdr of some bytes and room for one descriptor.
     *
     * @param bytes their address, 0 = one byte of scratch memory
     */
    private long message(long bytes, int length) {
        Scratch scratch = calls.begin();
        Kernel kernel = calls.kernel();
        long message = scratch.space(56);
        long vector = scratch.space(16);
        long control = scratch.space(24);
        kernel.putLong(vector, bytes == 0 ? scratch.space(1) : bytes);
        kernel.putLong(vector + 8, length);
        kernel.putLong(message + 16, vector);
        kernel.putLong(message + 24, 1);
        kernel.putLong(message + 32, control);
        kernel.putLong(message + 40, 24);
        return message;
    }

    @Override
    public void setControllingTerminal(int fd) throws SyscallException {
        calls.check("ioctl", "TIOCSCTTY", calls.call(Call.IOCTL, fd, TIOCSCTTY, 0));
    }

    @Override
    public void setWindowSize(int fd, int columns, int rows) throws SyscallException {
        long at = calls.begin().space(8);
        calls.kernel().putInt(at, (rows & 0xffff) | (columns & 0xffff) << 16);
        calls.check("ioctl", "TIOCSWINSZ", calls.call(Call.IOCTL, fd, TIOCSWINSZ, at));
    }

    @Override
    public void unlockTerminal(int master) throws SyscallException {
        long at = calls.begin().space(4);
        calls.check("ioctl", "TIOCSPTLCK", calls.call(Call.IOCTL, master, TIOCSPTLCK, at));
    }

    @Override
    public int terminalNumber(int master) throws SyscallException {
        long at = calls.begin().space(4);
        calls.check("ioctl", "TIOCGPTN", calls.call(Call.IOCTL, master, TIOCGPTN, at));
        return calls.kernel().getInt(at);
    }

    @Override
    public int openTerminalPeer(int master, int flags) throws SyscallException {
        long result = calls.call(Call.IOCTL, master, TIOCGPTPEER, flags);
        return (int) calls.check("ioctl", "TIOCGPTPEER", result);
    }

    @Override
    public void raiseInterface(String name) throws SyscallException {
        byte[] bytes = Utf8.encode(name);
        if (bytes.length >= IFNAMSIZ) {
            throw new SyscallException("ioctl", name, Errno.EINVAL);
        }
        int socket = socket(AF_INET, SOCK_DGRAM);
        long request = calls.begin().space(IFREQ);
        Kernel kernel = calls.kernel();
        kernel.copyIn(request, bytes, 0, bytes.length);
        long result = calls.call(Call.IOCTL, socket, SIOCGIFFLAGS, request);
        if (result >= 0) {
            kernel.putByte(request + 16, (byte) (kernel.getByte(request + 16) | IFF_UP));
            result = calls.call(Call.IOCTL, socket, SIOCSIFFLAGS, request);
        }
        calls.call(Call.CLOSE, socket);
        calls.check("ioctl", name, result);
    }
}
