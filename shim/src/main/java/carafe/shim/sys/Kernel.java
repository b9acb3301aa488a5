package carafe.shim.sys;

/**
 * The floor: one entry into the kernel, and memory the collector does not move. Addresses are plain
 * longs; {@link Buffer} is what checks bounds. Not thread-safe: the shim has one thread.
 */
interface Kernel {
    /**
     * Makes the call; the result, or minus errno.
     *
     * @param call one of {@link Call}
     */
    long call(int call, long a, long b, long c, long d, long e, long f);

    /**
     * Drops ranges of memory and waits for ever.
     *
     * @param ranges address of pairs of address and length, ended by a length of 0
     */
    void waitForever(long ranges);

    /** Whether the flags and structures of arm64 apply, else those of x86-64. */
    boolean isArm64();

    /** Zeroed memory; never 0. Ends the process when there is none. */
    long allocate(int size);

    /**
     * @param size what it was allocated with
     */
    void free(long address, int size);

    /** Gives pages back that will be zeroes when next touched; the contents are lost. */
    void discard(long address, int size);

    byte getByte(long address);

    void putByte(long address, byte value);

    int getInt(long address);

    void putInt(long address, int value);

    long getLong(long address);

    void putLong(long address, long value);

    /** Copies from the Java array to native memory. */
    void copyIn(long address, byte[] from, int offset, int length);

    /** Copies from native memory to the Java array. */
    void copyOut(long address, byte[] to, int offset, int length);

    /** Copies within native memory; the ranges may overlap. */
    void move(long from, long to, int length);

    /** Index of the first byte {@code value} among {@code length} bytes, or -1. */
    int indexOf(long address, int length, byte value);

    /** The heap grows from now on, until its greatest size; only then garbage is collected. */
    void neverCollect();

    /**
     * Overwrites what other processes see as this program's command line, cut to the room there is.
     *
     * @param argumentsLength bytes of the arguments after the program's name, NULs included
     */
    void setCommandLine(byte[] nulSeparated, int argumentsLength);
}
