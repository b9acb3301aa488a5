package carafe.shim.sys;

import org.teavm.interop.Address;
import org.teavm.interop.Import;
import org.teavm.interop.Unmanaged;
import org.teavm.interop.c.Include;
import org.teavm.interop.c.Variable;

/**
 * The kernel as the ahead-of-time compiled program reaches it: libc's {@code syscall} and {@code
 * malloc}. The only class that knows TeaVM. The collector moves objects, so no Java array's address
 * ever goes into a call; copying is safe, since nothing is allocated between taking the address and
 * the end of the copy.
 */
final class NativeKernel implements Kernel {
    private static final int GETPID_ON_ARM64 = 172;

    /** From here on memory is taken page by page as it is used, and goes back when it is freed. */
    private static final int OWN_PAGES = 4096;

    private static final int MADV_DONTNEED = 4;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

    private final boolean arm64 = numberOfGetpid() == GETPID_ON_ARM64;

    @Override
    public boolean isArm64() {
        return arm64;
    }

    @Override
    public long call(int call, long a, long b, long c, long d, long e, long f) {
        long result = syscall(arm64 ? Call.onArm64(call) : Call.onAmd64(call), a, b, c, d, e, f);
        return result == -1 ? -errno().getInt() : result;
    }

    @Override
    public long allocate(int size) {
        long address = size < OWN_PAGES ? calloc(1, size) : map(size);
        if (address <= 0) {
            abort();
        }
        return address;
    }

    private long map(int size) {
        return call(Call.MMAP, 0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    }

    @Override
    public void free(long address, int size) {
        if (size < OWN_PAGES) {
            release(address);
        } else {
            call(Call.MUNMAP, address, size, 0, 0, 0, 0);
        }
    }

    @Override
    public void discard(long address, int size) {
        if (size >= OWN_PAGES) {
            call(Call.MADVISE, address, size, MADV_DONTNEED, 0, 0, 0);
        }
    }

    @Override
    public void waitForever(long ranges) {
        dropAndWait(
                Address.fromLong(ranges),
                arm64 ? Call.onArm64(Call.MADVISE) : Call.onAmd64(Call.MADVISE),
                arm64 ? Call.onArm64(Call.PPOLL) : Call.onAmd64(Call.PPOLL));
    }

    /** Unmanaged: no object, no static and no frame of the collector is touched from here on. */
    @Unmanaged
    private static void dropAndWait(Address ranges, long madvise, long ppoll) {
        Address at = ranges;
        while (at.add(8).getLong() != 0) {
            long from = at.getLong();
            long length = at.add(8).getLong();
            if (ranges.toLong() < from || ranges.toLong() >= from + length) {
                syscall(madvise, from, length, MADV_DONTNEED, 0, 0, 0);
            }
            at = at.add(16);
        }
        while (true) {
            syscall(ppoll, 0, 0, 0, 0, 0, 0);
        }
    }

    @Override
    public byte getByte(long address) {
        return Address.fromLong(address).getByte();
    }

    @Override
    public void putByte(long address, byte value) {
        Address.fromLong(address).putByte(value);
    }

    @Override
    public int getInt(long address) {
        return Address.fromLong(address).getInt();
    }

    @Override
    public void putInt(long address, int value) {
        Address.fromLong(address).putInt(value);
    }

    @Override
    public long getLong(long address) {
        return Address.fromLong(address).getLong();
    }

    @Override
    public void putLong(long address, long value) {
        Address.fromLong(address).putLong(value);
    }

    @Override
    public void copyIn(long address, byte[] from, int offset, int length) {
        if (length > 0) {
            Address.moveMemoryBlock(
                    Address.ofData(from).add(offset), Address.fromLong(address), length);
        }
    }

    @Override
    public void copyOut(long address, byte[] to, int offset, int length) {
        if (length > 0) {
            Address.moveMemoryBlock(
                    Address.fromLong(address), Address.ofData(to).add(offset), length);
        }
    }

    @Override
    public void move(long from, long to, int length) {
        if (length > 0) {
            Address.moveMemoryBlock(Address.fromLong(from), Address.fromLong(to), length);
        }
    }

    @Override
    public int indexOf(long address, int length, byte value) {
        long found = find(Address.fromLong(address), value, length).toLong();
        return found == 0 ? -1 : (int) (found - address);
    }

    @Override
    public void setCommandLine(byte[] line, int argumentsLength) {
        Address start = commandName();
        int room = 0;
        while (start.add(room).getByte() != 0) {
            room++;
        }
        room += 1 + argumentsLength;
        for (int i = 0; i < room; i++) {
            start.add(i).putByte(i < line.length ? line[i] : 0);
        }
        start.add(room - 1).putByte((byte) 0);
    }

    @Override
    public void neverCollect() {
        growHeap();
    }

    /** Of the collector as shim-build's HeapGrowth changes it. */
    @Include(value = "memory.h", isSystem = false)
    @Import(name = "carafe_growHeap")
    @Unmanaged
    private static native void growHeap();

    @Include("sys/syscall.h")
    @Import(name = "SYS_getpid")
    @Variable
    @Unmanaged
    private static native int numberOfGetpid();

    @Include("errno.h")
    @Import(name = "program_invocation_name")
    @Variable
    @Unmanaged
    private static native Address commandName();

    @Include("unistd.h")
    @Import(name = "syscall")
    @Unmanaged
    private static native long syscall(long number, long a, long b, long c, long d, long e, long f);

    @Include("errno.h")
    @Import(name = "__errno_location")
    @Unmanaged
    private static native Address errno();

    @Include("stdlib.h")
    @Import(name = "calloc")
    @Unmanaged
    private static native long calloc(long count, long size);

    @Include("stdlib.h")
    @Import(name = "free")
    @Unmanaged
    private static native void release(long address);

    @Include("stdlib.h")
    @Import(name = "abort")
    @Unmanaged
    private static native void abort();

    @Include("string.h")
    @Import(name = "memchr")
    @Unmanaged
    private static native Address find(Address in, int value, long length);
}
