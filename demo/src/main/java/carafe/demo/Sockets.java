package carafe.demo;

/** IPv4 sockets of the demo. */
final class Sockets {
    static final int PORT = 8080;

    private static final int ADDRESS_BYTES = 16;
    private static final int TIMEOUT_SECONDS = 2;

    private final Memory patience = new Memory(16).putInt(0, TIMEOUT_SECONDS);

    /** A socket, or a negative number. */
    int open() {
        int fd = Libc.socket(Libc.AF_INET, Libc.SOCK_STREAM_CLOEXEC, 0);
        if (fd >= 0) {
            Memory one = new Memory(4).putInt(0, 1);
            Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, one.address(), one.size());
        }
        return fd;
    }

    /** No read waits longer than this, so a silent client cannot hold the server up. */
    void limitWaiting(int fd) {
        Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, patience.address(), patience.size());
    }

    boolean bindAndListen(int fd) {
        Memory any = address(0);
        return Libc.bind(fd, any.address(), any.size()) == 0 && Libc.listen(fd, 16) == 0;
    }

    boolean connectToLoopback(int fd) {
        Memory loopback = address(127);
        return Libc.connect(fd, loopback.address(), loopback.size()) == 0;
    }

    /** struct sockaddr_in; 0 = any address, 127 = loopback. */
    private static Memory address(int firstByte) {
        return new Memory(ADDRESS_BYTES)
                .putByte(0, Libc.AF_INET)
                .putByte(2, PORT >> 8)
                .putByte(3, PORT & 0xff)
                .putByte(4, firstByte)
                .putByte(7, firstByte == 0 ? 0 : 1);
    }
}
