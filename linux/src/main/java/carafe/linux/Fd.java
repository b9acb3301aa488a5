package carafe.linux;

import com.sun.jna.LastErrorException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owner of one close-on-exec descriptor: whoever holds the Fd closes it, once. {@link #number()} is
 * lent for the length of a call only. Thread-safe against a double close, not against use after
 * close.
 */
public final class Fd implements AutoCloseable {
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_TRUNC = 0x200;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int O_PATH = 0x200000;

    private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));
    static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
    static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;

    private static final int CLOSED = -1;
    private static final byte[] NONE = {};

    private final AtomicInteger number;

    /**
     * @param number an open descriptor that nobody else closes
     */
    Fd(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        this.number = new AtomicInteger(number);
    }

    /**
     * Owner of a descriptor that came from elsewhere.
     *
     * @param number open, close-on-exec, and nobody else's to close
     */
    public static Fd owning(int number) {
        return new Fd(number);
    }

    /** A handle on a directory that names it and its entries; follows no link at the end. */
    public static Fd directory(Path path) throws SyscallException {
        return open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
    }

    static Fd open(Path path, int flags, int mode) throws SyscallException {
        byte[] raw = CPath.of(path);
        return new Fd(
                (int)
                        NativeCall.run(
                                "open",
                                path.toString(),
                                () -> LibC.open(raw, flags | O_CLOEXEC, mode)));
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

    /** The name under which this process, and only it, finds the open file again. */
    public Path path() {
        return Path.of("/proc/self/fd/" + number());
    }

    /**
     * Reads once.
     *
     * @return the bytes, empty at the end
     * @throws SyscallException EAGAIN when a non-blocking descriptor has nothing
     */
    public byte[] read(int maxBytes) throws SyscallException {
        byte[] buffer = new byte[maxBytes];
        return Arrays.copyOf(buffer, read(buffer));
    }

    /**
     * Reads once, into the beginning of a buffer.
     *
     * @return how many bytes; 0 at the end
     * @throws SyscallException EAGAIN when a non-blocking descriptor has nothing
     */
    public int read(byte[] buffer) throws SyscallException {
        int fd = number();
        while (true) {
            try {
                return (int) LibC.read(fd, buffer, buffer.length);
            } catch (LastErrorException e) {
                refuse("read", fd, e);
            }
        }
    }

    /** Writes everything. */
    public void write(byte[] bytes) throws SyscallException {
        int fd = number();
        byte[] rest = bytes;
        while (rest.length > 0) {
            try {
                int count = (int) LibC.write(fd, rest, rest.length);
                rest = count == rest.length ? NONE : Arrays.copyOfRange(rest, count, rest.length);
            } catch (LastErrorException e) {
                refuse("write", fd, e);
            }
        }
    }

    /** Returns when a signal came in between: the call is to be made again. */
    private static void refuse(String call, int fd, LastErrorException e) throws SyscallException {
        if (e.getErrorCode() != Errno.EINTR) {
            throw new SyscallException(call, "descriptor " + fd, e.getErrorCode());
        }
    }

    /** The number, which is the caller's to close from here on. */
    public int release() {
        int fd = number.getAndSet(CLOSED);
        if (fd == CLOSED) {
            throw new IllegalStateException("descriptor released after close");
        }
        return fd;
    }

    @Override
    public void close() {
        int fd = number.getAndSet(CLOSED);
        if (fd != CLOSED) {
            try {
                LibC.close(fd);
            } catch (LastErrorException e) {
                // The descriptor is gone whatever close(2) says; nothing was written late here.
            }
        }
    }
}
