package carafe.probe;

import org.teavm.interop.Address;

/**
 * Looks at every other process there may be, over and over, and prints each new thing it sees of
 * one: {@code pid name what}. Runs until it is killed. Turns round too fast for a collector, so
 * nothing is allocated once it runs.
 */
final class Peer {
    private static final int PIDS = 64;
    private static final int DESCRIPTORS = 48;
    private static final int LINE = 4096;
    private static final int TABLE = 8192; // a power of two
    private static final int MOST = TABLE / 2;
    private static final byte[] PROC = ascii("/proc/");
    private static final byte[] ROOT = ascii("/root");
    private static final byte[] CWD = ascii("/cwd");
    private static final byte[] EXE = ascii("/exe");
    private static final byte[] FD = ascii("/fd/");
    private static final byte[] LOOKING = ascii("looking\n");

    private final long path = Libc.malloc(LINE).toLong();
    private final long line = Libc.malloc(LINE).toLong();
    private final long[] seen = new long[TABLE];
    private final int own = Libc.getpid();
    private int count;
    private int length;

    void run() {
        length = 0;
        put(line, LOOKING, 0);
        Libc.write(1, Address.fromLong(line), length);
        while (count < MOST) {
            for (int pid = 2; pid < PIDS; pid++) {
                if (pid != own && tell(pid, ROOT, -1)) {
                    tell(pid, CWD, -1);
                    tell(pid, EXE, -1);
                    for (int fd = 0; fd < DESCRIPTORS; fd++) {
                        tell(pid, FD, fd);
                    }
                }
            }
        }
    }

    /** Prints where one link of a process leads, if that is news; whether it could be read. */
    private boolean tell(int pid, byte[] name, int number) {
        length = 0;
        put(path, PROC, 0);
        putNumber(path, pid);
        put(path, name, 0);
        if (number >= 0) {
            putNumber(path, number);
        }
        Address.fromLong(path + length).putByte((byte) 0);
        length = 0;
        putNumber(line, pid);
        Address.fromLong(line + length++).putByte((byte) ' ');
        put(line, name, 1);
        if (number >= 0) {
            length--; // the slash before the number
            putNumber(line, number);
        }
        Address.fromLong(line + length++).putByte((byte) ' ');
        Address to = Address.fromLong(line + length);
        long got = Libc.readLink(Address.fromLong(path), to, LINE - 1 - length);
        if (got < 0) {
            return false;
        }
        length += (int) got;
        Address.fromLong(line + length++).putByte((byte) '\n');
        if (isNews()) {
            Libc.write(1, Address.fromLong(line), length);
        }
        return true;
    }

    private boolean isNews() {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ Address.fromLong(line + i).getByte()) * 0x100000001b3L;
        }
        hash = hash == 0 ? 1 : hash;
        int at = (int) (hash ^ hash >>> 32) & (TABLE - 1);
        while (seen[at] != 0) {
            if (seen[at] == hash) {
                return false;
            }
            at = (at + 1) & (TABLE - 1);
        }
        seen[at] = hash;
        count++;
        return true;
    }

    private void put(long to, byte[] text, int from) {
        for (int i = from; i < text.length; i++) {
            Address.fromLong(to + length++).putByte(text[i]);
        }
    }

    private void putNumber(long to, int number) {
        int divisor = 1;
        while (number / divisor >= 10) {
            divisor *= 10;
        }
        for (; divisor > 0; divisor /= 10) {
            Address.fromLong(to + length++).putByte((byte) ('0' + number / divisor % 10));
        }
    }

    private static byte[] ascii(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) text.charAt(i);
        }
        return bytes;
    }
}
