package carafe.demo;

/** The server: one loop over its listening socket and its signals, one client at a time. */
final class Server {
    private static final int HEARTBEAT_MILLIS = 5_000;
    private static final long SIGINT_AND_SIGTERM = 1L << 1 | 1L << 14;
    private static final int POLL_ENTRY = 8; // struct pollfd
    private static final int REVENTS = 6;

    private final Sockets sockets = new Sockets();
    private final Console console = new Console();
    private final Memory request = new Memory(1024);
    private final Memory reply = new Memory(1024);
    private final String host = hostname();
    private int served;

    /** Exit code. */
    int run() {
        int signals = signals();
        int listening = sockets.open();
        if (listening < 0 || !sockets.bindAndListen(listening)) {
            console.error("carafe demo: cannot listen on port " + Sockets.PORT);
            return 1;
        }
        console.out(
                "carafe demo: I am process "
                        + Libc.getpid()
                        + " of pod "
                        + host
                        + ", listening on port "
                        + Sockets.PORT);
        Memory waits = new Memory(2 * POLL_ENTRY);
        waits.putInt(0, listening).putByte(4, Libc.POLLIN);
        waits.putInt(POLL_ENTRY, signals).putByte(POLL_ENTRY + 4, Libc.POLLIN);
        while (true) {
            int ready = Libc.poll(waits.address(), 2, HEARTBEAT_MILLIS);
            if (ready == 0) {
                console.out("carafe demo: still here, " + served + " requests served");
            } else if (ready > 0 && waits.getShort(POLL_ENTRY + REVENTS) != 0) {
                console.out("carafe demo: asked to stop after " + served + " requests, bye");
                return 0;
            } else if (ready > 0) {
                serve(listening);
            }
        }
    }

    private void serve(int listening) {
        int client = Libc.accept(listening, null, null);
        if (client < 0) {
            return;
        }
        sockets.limitWaiting(client);
        long got = Libc.read(client, request.address(), request.size());
        if (got > 0) {
            served++;
            console.out("carafe demo: request " + served + ": " + firstLine((int) got));
            int length =
                    reply.putText(
                            "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n"
                                    + "Hello from a Carafe pod named "
                                    + host
                                    + ". You are visitor "
                                    + served
                                    + ".\n");
            Libc.write(client, reply.address(), length);
        }
        Libc.close(client);
    }

    private String firstLine(int length) {
        StringBuilder line = new StringBuilder();
        String text = request.text(length);
        for (int i = 0; i < text.length() && text.charAt(i) >= ' '; i++) {
            line.append(text.charAt(i));
        }
        return line.toString();
    }

    /** PID 1 has no default signal actions, so the signals that stop us must be asked for. */
    private static int signals() {
        Memory set = new Memory(128); // sigset_t of glibc
        set.putInt(0, (int) SIGINT_AND_SIGTERM);
        Libc.sigprocmask(Libc.SIG_BLOCK, set.address(), null);
        return Libc.signalfd(-1, set.address(), 0);
    }

    private static String hostname() {
        Memory name = new Memory(256);
        Libc.gethostname(name.address(), name.size() - 1);
        return name.text(name.size());
    }
}
