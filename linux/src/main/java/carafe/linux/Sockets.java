package carafe.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Sockets and namespaces for rtnetlink. Stateless. */
public final class Sockets {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int TIMEVAL = 16;

    /** Longer than the kernel's lock of all networks is ever held by one change. */
    private static final long ANSWER_SECONDS = 20;

    private Sockets() {}

    /** A NETLINK_ROUTE socket in the network namespace of this process. */
    public static Fd netlink() throws SyscallException {
        return new Fd(
                (int)
                        NativeCall.run(
                                "socket",
                                "netlink",
                                () ->
                                        LibC.socket(
                                                AF_NETLINK,
                                                SOCK_RAW | SOCK_CLOEXEC,
                                                NETLINK_ROUTE)));
    }

    /** Reads from it answer EAGAIN after 20 seconds. */
    public static void limitWaiting(Fd socket) throws SyscallException {
        byte[] timeout =
                ByteBuffer.allocate(TIMEVAL)
                        .order(ByteOrder.nativeOrder())
                        .putLong(ANSWER_SECONDS)
                        .array();
        NativeCall.run(
                "setsockopt",
                "SO_RCVTIMEO",
                () ->
                        LibC.setsockopt(
                                socket.number(), SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.length));
    }

    /** A handle on a namespace, as {@code /proc/1/ns/net}; nobody enters it. */
    public static Fd namespace(Path path) throws SyscallException {
        return Fd.open(path, Fd.O_RDONLY, 0);
    }
}
