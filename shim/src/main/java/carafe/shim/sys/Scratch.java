package carafe.shim.sys;

/**
 * Arguments of one system call in native memory: strings and small structures, taken one after the
 * other and all given up when the next call begins. No heap allocation.
 */
final class Scratch {
    /** Two paths, mount data of a page, and structures. */
    static final int SIZE = 16384;

    private final Kernel kernel;
    private final long start;
    private int used;

    Scratch(Kernel kernel) {
        this.kernel = kernel;
        this.start = kernel.allocate(SIZE);
    }

    Scratch begin() {
        used = 0;
        return this;
    }

    /**
     * Address of {@code size} zeroed bytes, aligned to 8; the caller keeps within {@link #SIZE}.
     */
    long space(int size) {
        int at = (used + 7) & ~7;
        if (size < 0 || at + size > SIZE) {
            throw new IllegalStateException("scratch memory of a system call is full");
        }
        for (int i = 0; i < size; i++) {
            kernel.putByte(start + at + i, (byte) 0);
        }
        used = at + size;
        return start + at;
    }

    /** Address of the bytes with a NUL behind them. */
    long string(byte[] bytes, String call) throws SyscallException {
        if (bytes.length >= SIZE - used) {
            throw new SyscallException(call, "", Errno.ENAMETOOLONG);
        }
        for (byte b : bytes) {
            if (b == 0) {
                throw new SyscallException(call, "name with a NUL", Errno.EINVAL);
            }
        }
        long address = start + used;
        kernel.copyIn(address, bytes, 0, bytes.length);
        kernel.putByte(address + bytes.length, (byte) 0);
        used += bytes.length + 1;
        return address;
    }

    /** Address of the text in UTF-8 with a NUL behind it. */
    long string(String text, String call) throws SyscallException {
        return string(Utf8.encode(text), call);
    }
}
