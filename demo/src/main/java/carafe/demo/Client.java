package carafe.demo;

/** Fetches the server's front page. */
final class Client {
    private Client() {}

    /** Exit code: 0 when a page came. */
    static int get() {
        Console console = new Console();
        Sockets sockets = new Sockets();
        int fd = sockets.open();
        if (fd < 0 || !sockets.connectToLoopback(fd)) {
            console.error("nothing listens on 127.0.0.1:" + Sockets.PORT);
            return 1;
        }
        sockets.limitWaiting(fd);
        Memory buffer = new Memory(1024);
        int length = buffer.putText("GET / HTTP/1.0\r\n\r\n");
        Libc.write(fd, buffer.address(), length);
        long got = Libc.read(fd, buffer.address(), buffer.size());
        boolean any = got > 0;
        while (got > 0) {
            Libc.write(1, buffer.address(), got);
            got = Libc.read(fd, buffer.address(), buffer.size());
        }
        Libc.close(fd);
        return any ? 0 : 1;
    }
}
