package carafe.shim.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The machine's kernel under a JVM, for tests of calls that leave the process as it is. Never fork
 * or change credentials through it.
 */
@SuppressWarnings("restricted") // what it is for
public final class RealKernel extends HeapKernel {
    private static final int RENAME_EXCHANGE = 2;
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment state = arena.allocate(STATE);
    private final Map<Long, Arena> blocks = new HashMap<>();
    private final MethodHandle syscall =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().find("syscall").orElseThrow(),
                            FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG),
                            Linker.Option.captureCallState("errno"));

    /** Calls to this machine. */
    public static Syscalls syscalls() {
        return NativeSyscalls.on(new RealKernel());
    }

    /** Exchanges two names in one step, whatever they are. */
    public static void exchange(Path a, Path b) {
        RealKernel kernel = new RealKernel();
        try (Arena names = Arena.ofConfined()) {
            long from = names.allocateFrom(a.toString()).address();
            long to = names.allocateFrom(b.toString()).address();
            long got =
                    kernel.call(
                            Call.RENAMEAT2,
                            FileCalls.AT_FDCWD,
                            from,
                            FileCalls.AT_FDCWD,
                            to,
                            RENAME_EXCHANGE,
                            0);
            if (got != 0) {
                throw new AssertionError("exchange " + a + ": errno " + -got);
            }
        }
    }

    @Override
    public boolean isArm64() {
        return System.getProperty("os.arch").equals("aarch64");
    }

    @Override
    public long call(int call, long a, long b, long c, long d, long e, long f) {
        try {
            long number = isArm64() ? Call.onArm64(call) : Call.onAmd64(call);
            long result = (long) syscall.invokeExact(state, number, a, b, c, d, e, f);
            return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
        } catch (Throwable e1) {
            throw new AssertionError(e1);
        }
    }

    @Override
    public long allocate(int size) {
        Arena block = Arena.ofShared();
        long address = block.allocate(size, 16).address();
        blocks.put(address, block);
        return address;
    }

    @Override
    public void free(long address, int size) {
        Objects.requireNonNull(blocks.remove(address)).close();
    }

    @Override
    public void discard(long address, int size) {
        ALL.asSlice(address, size).fill((byte) 0xee);
    }

    @Override
    public byte getByte(long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, address);
    }

    @Override
    public void putByte(long address, byte value) {
        ALL.set(ValueLayout.JAVA_BYTE, address, value);
    }

    @Override
    public void copyIn(long address, byte[] from, int offset, int length) {
        MemorySegment.copy(from, offset, ALL, ValueLayout.JAVA_BYTE, address, length);
    }

    @Override
    public void copyOut(long address, byte[] to, int offset, int length) {
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, address, to, offset, length);
    }

    @Override
    public void move(long from, long to, int length) {
        MemorySegment.copy(ALL, from, ALL, to, length);
    }

    @Override
    public int indexOf(long address, int length, byte value) {
        for (int i = 0; i < length; i++) {
            if (getByte(address + i) == value) {
                return i;
            }
        }
        return -1;
    }
}
