package carafe.shim.net;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.WaitCalls;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;

/**
 * Role netsock: enters a pod's network namespace, opens the one socket that the request on standard
 * input asks for, answers on standard output, and hands the socket to whoever connects to {@code s}
 * and its own pid in the working directory. Then it ends; also when nobody comes.
 */
public final class NetsockRole {
    private static final int REQUEST = 0;
    private static final int RESULT = 1;
    private static final int EXIT_OK = 0;
    private static final int EXIT_FAILED = 1;
    private static final long CONNECT_MILLIS = 5_000;
    private static final long FETCH_MILLIS = 5_000;
    private static final int OWNER_ONLY = 0177;
    private static final int MAX_REQUEST = 64;

    private final Syscalls sys;
    private final Buffer polled;
    private String step = "netsock.request";
    private String subject = "";

    public NetsockRole(Syscalls sys) {
        this.sys = sys;
        this.polled = sys.memory().allocate(WaitCalls.POLLFD);
    }

    /** The exit code. */
    public int run() {
        String name = "s" + sys.processes().pid();
        try {
            Request request = request();
            int listener = listen(name);
            int socket = open(request);
            answer(new Reply.SocketReady());
            handOver(listener, socket, name);
            return EXIT_OK;
        } catch (SyscallException e) {
            answer(new Reply.Failed(step, subject, e.errno(), Errno.text(e.errno())));
        } catch (WireException e) {
            answer(new Reply.Failed(step, subject, Errno.EINVAL, String.valueOf(e.getMessage())));
        } finally {
            forget(name);
        }
        return EXIT_FAILED;
    }

    private Request request() throws SyscallException, WireException {
        byte[] bytes = new byte[MAX_REQUEST];
        int got = 0;
        int wanted = Frames.PREFIX_BYTES;
        while (got < wanted) {
            int n = sys.files().read(REQUEST, bytes, got, wanted - got);
            if (n <= 0 && n != -Errno.EINTR) {
                throw new SyscallException("read", "request", n == 0 ? Errno.EPIPE : -n);
            }
            got += Math.max(n, 0);
            if (got == Frames.PREFIX_BYTES) {
                wanted += Frames.bodyLength(bytes, 0);
                if (wanted > MAX_REQUEST) {
                    throw new WireException("a request of " + wanted + " bytes");
                }
            }
        }
        int body = wanted - Frames.PREFIX_BYTES;
        if (Codec.decode(bytes, Frames.PREFIX_BYTES, body) instanceof Request request) {
            return request;
        }
        throw new WireException("not a request");
    }

    private int open(Request request) throws SyscallException, WireException {
        if (request instanceof Request.OpenSocket socket) {
            enter(socket.pid(), socket.startTicks());
            return connect(socket.port());
        }
        if (request instanceof Request.OpenNetlink netlink) {
            enter(netlink.pid(), netlink.startTicks());
            at("netsock.netlink", "");
            return sys.sockets().socket(SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW);
        }
        throw new WireException("the request is not one to open a socket");
    }

    /** Before the namespace is entered, so that nothing of this depends on it. */
    private int listen(String name) throws SyscallException {
        at("netsock.listen", name);
        int type = SocketCalls.SOCK_STREAM | SocketCalls.SOCK_NONBLOCK;
        int listener = sys.sockets().socket(SocketCalls.AF_UNIX, type);
        int umask = sys.processes().setUmask(OWNER_ONLY);
        try {
            sys.sockets().bind(listener, name);
        } finally {
            sys.processes().setUmask(umask);
        }
        sys.sockets().listen(listener, 1);
        return listener;
    }

    private void enter(int pid, long startTicks) throws SyscallException {
        String path = "/proc/" + pid + "/ns/net";
        at("netsock.namespace", path);
        int flags = FileCalls.O_RDONLY | FileCalls.O_CLOEXEC;
        int fd = sys.files().open(FileCalls.AT_FDCWD, path, flags, 0);
        // After the opening: while the pid still is the same process, the file above is its.
        if (sys.processes().startTicks(pid) != startTicks) {
            throw new SyscallException("open", path, Errno.ESRCH);
        }
        sys.processes().enter(fd, ProcessCalls.CLONE_NEWNET);
        sys.files().close(fd);
    }

    /** The socket, connected by IPv4 or else by IPv6; of two failures the first one is told. */
    private int connect(int port) throws SyscallException {
        at("netsock.connect", "127.0.0.1:" + port);
        try {
            return connect(SocketCalls.AF_INET, port);
        } catch (SyscallException e) {
            try {
                return connect(SocketCalls.AF_INET6, port);
            } catch (SyscallException again) {
                throw e;
            }
        }
    }

    private int connect(int domain, int port) throws SyscallException {
        int type = SocketCalls.SOCK_STREAM | SocketCalls.SOCK_NONBLOCK;
        int fd = sys.sockets().socket(domain, type);
        int errno = -sys.sockets().connectLoopback(fd, domain, port);
        if (errno == Errno.EINPROGRESS) {
            boolean answered = await(fd, WaitCalls.POLLOUT, CONNECT_MILLIS);
            errno = answered ? sys.sockets().connectError(fd) : Errno.ETIMEDOUT;
        }
        if (errno != 0) {
            sys.files().close(fd);
            throw new SyscallException("connect", subject, errno);
        }
        return fd;
    }

    private void handOver(int listener, int socket, String name) throws SyscallException {
        at("netsock.hand", "");
        if (!await(listener, WaitCalls.POLLIN, FETCH_MILLIS)) {
            return;
        }
        int peer = sys.sockets().accept(listener, 0);
        // The directory is ours alone, but a check costs nothing.
        if (peer >= 0 && isTrusted(sys.sockets().peerUid(peer), name)) {
            sys.sockets().sendDescriptor(peer, socket);
        }
    }

    private boolean isTrusted(int uid, String name) throws SyscallException {
        int noFollow = FileCalls.AT_SYMLINK_NOFOLLOW;
        return uid == 0 || uid == sys.files().status(FileCalls.AT_FDCWD, name, noFollow).uid();
    }

    private boolean await(int fd, int events, long millis) {
        polled.putInt(0, fd);
        polled.putShort(4, events);
        polled.putShort(6, 0);
        return sys.waits().poll(polled, 1, millis) > 0;
    }

    private void answer(Reply reply) {
        try {
            byte[] frame = Codec.encode(reply);
            int _ = sys.files().write(RESULT, frame, 0, frame.length);
        } catch (WireException e) {
            // Texts are cut and errno is positive, so it fits.
            throw new IllegalStateException(e);
        }
        sys.files().close(RESULT);
    }

    private void forget(String name) {
        try {
            sys.files().unlink(FileCalls.AT_FDCWD, name, 0);
        } catch (SyscallException e) {
            // It was never made, or whoever made the directory has emptied it.
        }
    }

    private void at(String now, String about) {
        step = now;
        subject = about;
    }
}
