package carafe.network.bridge;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

/** A stream socket of any IPv4 protocol, in any namespace. Calls on it fail after ten seconds. */
final class RawSocket implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDTIMEO = 21;
    private static final long SECONDS = 10;

    static {
        Native.register(RawSocket.class, NativeLibrary.getProcess());
    }

    private final int fd;

    private RawSocket(int fd) {
        this.fd = fd;
    }

    private static native int socket(int domain, int type, int protocol) throws LastErrorException;

    private static native int bind(int fd, byte[] address, int size) throws LastErrorException;

    private static native int listen(int fd, int backlog) throws LastErrorException;

    private static native int accept(int fd, long address, long size) throws LastErrorException;

    private static native int connect(int fd, byte[] address, int size) throws LastErrorException;

    private static native long read(int fd, byte[] to, long size) throws LastErrorException;

    private static native long write(int fd, byte[] from, long size) throws LastErrorException;

    private static native int setsockopt(int fd, int level, int name, byte[] value, int size)
            throws LastErrorException;

    private static native int close(int fd) throws LastErrorException;

    /** Whether the kernel makes sockets of this protocol. */
    static boolean isKnown(int protocol) {
        try {
            new RawSocket(open(protocol)).close();
            return true;
        } catch (LastErrorException e) {
            return false;
        }
    }

    /** One in a namespace of {@code ip netns}. */
    static RawSocket in(String namespace, int protocol) throws Exception {
        FutureTask<RawSocket> opened =
                new FutureTask<>(() -> {
                    TestNetlinks.enter(Path.of("/run/netns", namespace));
                    return new RawSocket(open(protocol));
                });
        Thread.ofPlatform().start(opened);
        return opened.get();
    }

    private static int open(int protocol) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, protocol);
        byte[] timeout =
                ByteBuffer.allocate(16).order(ByteOrder.nativeOrder()).putLong(SECONDS).array();
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.length);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, timeout, timeout.length);
        return fd;
    }

    void listen(String address, int port) throws UnknownHostException {
        byte[] raw = address(address, port);
        bind(fd, raw, raw.length);
        listen(fd, 1);
    }

    /**
     * @param from its own address: of SCTP an association would have all of the machine's
     */
    void connect(String from, String to, int port) throws UnknownHostException {
        byte[] own = address(from, 0);
        bind(fd, own, own.length);
        byte[] other = address(to, port);
        connect(fd, other, other.length);
    }

    RawSocket accept() {
        return new RawSocket(accept(fd, 0, 0));
    }

    void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(fd, bytes, bytes.length);
    }

    String read() {
        byte[] bytes = new byte[100];
        return new String(bytes, 0, (int) read(fd, bytes, bytes.length), StandardCharsets.UTF_8);
    }

    private static byte[] address(String address, int port) throws UnknownHostException {
        return ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_INET)
                .order(ByteOrder.BIG_ENDIAN)
                .putShort((short) port)
                .put(InetAddress.getByName(address).getAddress())
                .array();
    }

    @Override
    public void close() {
        close(fd);
    }
}
