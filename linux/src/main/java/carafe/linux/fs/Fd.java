package carafe.linux.fs;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owner of one descriptor: whoever holds the Fd closes it, once. {@link #number()} is lent for the
 * length of a call only. Thread-safe against a double close, not against use after close.
 */
public final class Fd implements AutoCloseable {
    private static final int CLOSED = -1;

    private final FileCalls calls;
    private final AtomicInteger number;

    /**
     * @param number an open descriptor that nobody else closes
     */
    public Fd(FileCalls calls, int number) {
        this.calls = calls;
        this.number = new AtomicInteger(number);
    }

    /**
     * @throws IllegalStateException after {@link #close()}
     */
    public int number() {
        int fd = number.get();
        if (fd == CLOSED) {
            throw new IllegalStateException("descriptor used after close");
        }
        return fd;
    }

    @Override
    public void close() {
        int fd = number.getAndSet(CLOSED);
        if (fd != CLOSED) {
            calls.close(fd);
        }
    }
}
