package carafe.demo;

/**
 * Without arguments: a small HTTP server on port 8080 that logs what it does and ends with 0 on
 * SIGTERM or SIGINT. With {@code get}: fetches its front page and prints it, for a first exec.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int code = args.length == 1 && "get".equals(args[0]) ? Client.get() : new Server().run();
        Libc.exit(code);
    }
}
