package carafe.probe;

import org.teavm.interop.Address;

/** Small files, links and standard output. Bytes are shown as Latin-1. */
final class Files {
    private static final int PATH = 512;
    private static final int SIZE = 64 << 10;

    // As numbers: the collector would take an address in a field for one of its objects.
    private final long path = Libc.malloc(PATH).toLong();
    private final long bytes = Libc.malloc(SIZE).toLong();

    /** The text, at most 64 KiB; {@code !n} when it cannot be read, n being errno. */
    String text(String name) {
        int fd = open(name, Libc.O_RDONLY);
        if (fd < 0) {
            return "!" + -fd;
        }
        int length = 0;
        long got = Libc.read(fd, Address.fromLong(bytes), SIZE);
        while (got > 0) {
            length += (int) got;
            got = Libc.read(fd, Address.fromLong(bytes + length), SIZE - length);
        }
        int errno = got < 0 ? errno() : 0;
        Libc.close(fd);
        return got < 0 && length == 0 ? "!" + errno : text(length);
    }

    /** Where a link leads; empty when it cannot be read. */
    String link(String name) {
        putPath(name);
        long length = Libc.readLink(Address.fromLong(path), Address.fromLong(bytes), SIZE);
        return length < 0 ? "" : text((int) length);
    }

    /** A descriptor, or minus errno. */
    int open(String name, int flags) {
        putPath(name);
        int fd = Libc.open(Address.fromLong(path), flags | Libc.O_CLOEXEC);
        return fd < 0 ? -errno() : fd;
    }

    /** Whether it can be opened for writing, nothing being written: 0 or errno. */
    int tryToOpenForWriting(String name) {
        int fd = open(name, Libc.O_WRONLY);
        if (fd < 0) {
            return -fd;
        }
        Libc.close(fd);
        return 0;
    }

    /** Prints all of it, however long. */
    void print(String text) {
        int from = 0;
        while (from < text.length()) {
            int length = Math.min(text.length() - from, SIZE);
            for (int i = 0; i < length; i++) {
                Address.fromLong(bytes + i).putByte((byte) text.charAt(from + i));
            }
            long written = Libc.write(1, Address.fromLong(bytes), length);
            if (written < 0 && errno() != Libc.EINTR) {
                Libc.exit(1);
            }
            from += (int) Math.max(written, 0);
        }
    }

    static int errno() {
        return Libc.errno().getInt();
    }

    /** The path as C has it, good until the next call. */
    long putPath(String name) {
        int length = Math.min(name.length(), PATH - 1);
        for (int i = 0; i < length; i++) {
            Address.fromLong(path + i).putByte((byte) name.charAt(i));
        }
        Address.fromLong(path + length).putByte((byte) 0);
        return path;
    }

    private String text(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) (Address.fromLong(bytes + i).getByte() & 0xff));
        }
        return text.toString();
    }
}
