package carafe.demo;

/** Lines to standard output and standard error, unbuffered. */
final class Console {
    private static final int MAX_LINE = 4096;

    private final Memory line = new Memory(MAX_LINE);

    void out(String text) {
        print(1, text);
    }

    void error(String text) {
        print(2, text);
    }

    private void print(int fd, String text) {
        int length = line.putText(text + "\n");
        Libc.write(fd, line.address(), length);
    }
}
