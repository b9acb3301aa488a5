package carafe.shim.sys;

/**
 * Native memory at a fixed address, for the kernel to read and write. Offsets and lengths are in
 * bytes and checked: outside of the buffer is an {@link IndexOutOfBoundsException}. Integers are in
 * the machine's byte order (little endian on both architectures). The one who allocated it frees
 * it; the shim's long-lived ones are never freed.
 */
public final class Buffer {
    private final Kernel kernel;
    private final int size;
    private long address;

    Buffer(Kernel kernel, int size) {
        if (size <= 0) {
            throw new IllegalArgumentException("buffer of " + size + " bytes");
        }
        this.kernel = kernel;
        this.size = size;
        this.address = kernel.allocate(size);
    }

    public int size() {
        return size;
    }

    public byte get(int offset) {
        return kernel.getByte(at(offset, 1));
    }

    public void put(int offset, byte value) {
        kernel.putByte(at(offset, 1), value);
    }

    public int getShort(int offset) {
        return (get(offset) & 0xff) | (get(offset + 1) & 0xff) << 8;
    }

    public void putShort(int offset, int value) {
        put(offset, (byte) value);
        put(offset + 1, (byte) (value >> 8));
    }

    public int getInt(int offset) {
        return kernel.getInt(at(offset, 4));
    }

    public void putInt(int offset, int value) {
        kernel.putInt(at(offset, 4), value);
    }

    public long getLong(int offset) {
        return kernel.getLong(at(offset, 8));
    }

    public void putLong(int offset, long value) {
        kernel.putLong(at(offset, 8), value);
    }

    /** Copies from the array into this buffer. */
    public void put(int offset, byte[] from, int fromOffset, int length) {
        check(fromOffset, length, from.length);
        kernel.copyIn(at(offset, length), from, fromOffset, length);
    }

    /** Copies from this buffer into the array. */
    public void get(int offset, byte[] to, int toOffset, int length) {
        check(toOffset, length, to.length);
        kernel.copyOut(at(offset, length), to, toOffset, length);
    }

    /** Copies between places of this buffer, which may overlap. */
    public void move(int from, int to, int length) {
        kernel.move(at(from, length), at(to, length), length);
    }

    /** Copies from another buffer. */
    public void put(int offset, Buffer from, int fromOffset, int length) {
        kernel.move(from.at(fromOffset, length), at(offset, length), length);
    }

    /** Offset of the first byte {@code value} in the given range, or -1. */
    public int indexOf(byte value, int offset, int length) {
        int found = kernel.indexOf(at(offset, length), length, value);
        return found < 0 ? -1 : offset + found;
    }

    /**
     * Gives up the contents of a large buffer, and with them its pages until they are used again.
     */
    public void discard() {
        kernel.discard(at(0, size), size);
    }

    /** Gives the memory back; any later use is refused. Idempotent. */
    public void free() {
        if (address != 0) {
            kernel.free(address, size);
            address = 0;
        }
    }

    /** Address of a range within this buffer. */
    long at(int offset, int length) {
        check(offset, length, size);
        if (address == 0) {
            throw new IllegalStateException("buffer was freed");
        }
        return address + offset;
    }

    private static void check(int offset, int length, int size) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new IndexOutOfBoundsException(
                    "bytes " + offset + "+" + length + " of a buffer of " + size);
        }
    }
}
