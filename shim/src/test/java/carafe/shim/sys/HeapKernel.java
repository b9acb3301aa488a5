package carafe.shim.sys;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory for tests on a JVM: an access outside of one allocation, after free, or a second free
 * fails. Has no system calls.
 */
class HeapKernel implements Kernel {
    private static final int SHIFT = 32;

    private final Map<Integer, byte[]> blocks = new HashMap<>();
    private int next = 1;

    @Override
    public long call(int call, long a, long b, long c, long d, long e, long f) {
        throw new UnsupportedOperationException(call + " in a test");
    }

    @Override
    public void waitForever(long ranges) {
        throw new UnsupportedOperationException("waitForever in a test");
    }

    @Override
    public boolean isArm64() {
        return false;
    }

    @Override
    public long allocate(int size) {
        blocks.put(next, new byte[size]);
        return (long) next++ << SHIFT;
    }

    @Override
    public void free(long address, int size) {
        byte[] block = blocks.remove((int) (address >>> SHIFT));
        if ((int) address != 0 || block == null || block.length != size) {
            throw new AssertionError("free of what was not allocated: " + address);
        }
    }

    @Override
    public void discard(long address, int size) {
        Arrays.fill(block(address), (byte) 0xee);
    }

    /** Blocks not yet freed. */
    int live() {
        return blocks.size();
    }

    private byte[] block(long address) {
        byte[] block = blocks.get((int) (address >>> SHIFT));
        if (block == null) {
            throw new AssertionError("access to what is not allocated: " + address);
        }
        return block;
    }

    @Override
    public byte getByte(long address) {
        return block(address)[(int) address];
    }

    @Override
    public void putByte(long address, byte value) {
        block(address)[(int) address] = value;
    }

    @Override
    public int getInt(long address) {
        int value = 0;
        for (int i = 3; i >= 0; i--) {
            value = (value << 8) | (getByte(address + i) & 0xff);
        }
        return value;
    }

    @Override
    public void putInt(long address, int value) {
        for (int i = 0; i < 4; i++) {
            putByte(address + i, (byte) (value >> (8 * i)));
        }
    }

    @Override
    public long getLong(long address) {
        return (getInt(address) & 0xffffffffL) | ((long) getInt(address + 4) << 32);
    }

    @Override
    public void putLong(long address, long value) {
        putInt(address, (int) value);
        putInt(address + 4, (int) (value >> 32));
    }

    @Override
    public void copyIn(long address, byte[] from, int offset, int length) {
        System.arraycopy(from, offset, block(address), (int) address, length);
    }

    @Override
    public void copyOut(long address, byte[] to, int offset, int length) {
        System.arraycopy(block(address), (int) address, to, offset, length);
    }

    @Override
    public void move(long from, long to, int length) {
        System.arraycopy(block(from), (int) from, block(to), (int) to, length);
    }

    @Override
    public int indexOf(long address, int length, byte value) {
        byte[] block = block(address);
        for (int i = 0; i < length; i++) {
            if (block[(int) address + i] == value) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void neverCollect() {
        // The JVM's heap is not the program's.
    }

    @Override
    public void setCommandLine(byte[] nulSeparated, int size) {
        throw new UnsupportedOperationException("setCommandLine in a test");
    }
}
