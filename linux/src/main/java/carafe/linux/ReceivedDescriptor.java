package carafe.linux;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A descriptor that another process of ours hands over by SCM_RIGHTS. The other one waits at its
 * socket already, so these calls block for a moment only, and never longer than two seconds.
 */
public final class ReceivedDescriptor {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int SUN_PATH = 108;
    private static final int TIMEOUT_SECONDS = 2;

    /** struct msghdr, struct iovec, one byte of data, and a control message of one descriptor. */
    private static final int HEADER = 56;

    private static final int VECTOR = HEADER;
    private static final int DATA = VECTOR + 16;
    private static final int CONTROL = DATA + 8;
    private static final int CONTROL_BYTES = 24;

    private ReceivedDescriptor() {}

    /**
     * Connects to a socket and takes the descriptor that is sent there.
     *
     * @param socket a path of at most 107 bytes
     */
    public static Fd from(Path socket) throws SyscallException {
        int type = SOCK_STREAM | SOCK_CLOEXEC;
        try (Fd connection =
                new Fd(
                        (int)
                                NativeCall.run(
                                        "socket", "unix", () -> LibC.socket(AF_UNIX, type, 0)))) {
            int fd = connection.number();
            byte[] timeout =
                    ByteBuffer.allocate(16)
                            .order(ByteOrder.nativeOrder())
                            .putLong(TIMEOUT_SECONDS)
                            .array();
            NativeCall.run(
                    "setsockopt",
                    "SO_RCVTIMEO",
                    () -> LibC.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.length));
            byte[] address = address(socket);
            NativeCall.run(
                    "connect", socket.toString(), () -> LibC.connect(fd, address, address.length));
            return receive(fd, socket, 0);
        }
    }

    static byte[] address(Path socket) throws SyscallException {
        byte[] path = socket.toString().getBytes(StandardCharsets.UTF_8);
        if (path.length >= SUN_PATH) {
            throw new SyscallException("connect", socket.toString(), Errno.ENAMETOOLONG);
        }
        return ByteBuffer.allocate(2 + SUN_PATH)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_UNIX)
                .put(path)
                .array();
    }

    /**
     * Takes the descriptor that is sent over a connection.
     *
     * @param fd the connection, lent
     * @param socket its path, for messages
     * @param flags MSG_DONTWAIT, or 0 to wait
     */
    static Fd receive(int fd, Path socket, int flags) throws SyscallException {
        try (Memory memory = new Memory(CONTROL + CONTROL_BYTES)) {
            memory.clear();
            memory.setPointer(VECTOR, memory.share(DATA));
            memory.setLong(VECTOR + 8, 1);
            memory.setPointer(16, memory.share(VECTOR));
            memory.setLong(24, 1);
            memory.setPointer(32, memory.share(CONTROL));
            memory.setLong(40, CONTROL_BYTES);
            NativeCall.run(
                    "recvmsg",
                    socket.toString(),
                    () -> LibC.recvmsg(fd, memory, flags | MSG_CMSG_CLOEXEC));
            boolean rights =
                    memory.getLong(40) >= 20
                            && memory.getInt(CONTROL + 8) == SOL_SOCKET
                            && memory.getInt(CONTROL + 12) == SCM_RIGHTS;
            if (!rights) {
                throw new SyscallException("recvmsg", socket.toString(), Errno.EPIPE);
            }
            return new Fd(memory.getInt(CONTROL + 16));
        }
    }
}
