package carafe.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * A loaded BPF program that decides about devices for a cgroup of version 2. Once attached, the
 * cgroup keeps it; the holder closes this descriptor.
 */
public final class BpfProgram implements AutoCloseable {
    private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));
    private static final long SYS_BPF = ARM ? 280 : 321;

    private static final int PROG_LOAD = 5;
    private static final int PROG_ATTACH = 8;
    private static final int TYPE_CGROUP_DEVICE = 15;
    private static final int ATTACH_CGROUP_DEVICE = 6;

    /** Several programs may be attached, here and above; all must say yes. */
    private static final int FLAG_ALLOW_MULTI = 2;

    private static final int INSTRUCTION_BYTES = 8;
    private static final int ATTRIBUTE_BYTES = 72;
    private static final int LOG_BYTES = 16 << 10;

    private final Fd fd;

    private BpfProgram(Fd fd) {
        this.fd = fd;
    }

    /**
     * Gives the program to the kernel, which verifies it.
     *
     * @param instructions in the machine's byte order, 8 bytes each
     * @throws SyscallException EACCES with the verifier's words when the program is wrong; EPERM
     *     without CAP_BPF
     */
    public static BpfProgram loadDeviceProgram(byte[] instructions) throws SyscallException {
        try (Memory code = new Memory(instructions.length);
                Memory license = new Memory(4);
                Memory log = new Memory(LOG_BYTES)) {
            code.write(0, instructions, 0, instructions.length);
            license.setString(0, "GPL", "US-ASCII");
            log.clear();
            ByteBuffer attribute = attribute();
            attribute.putInt(TYPE_CGROUP_DEVICE);
            attribute.putInt(instructions.length / INSTRUCTION_BYTES);
            attribute.putLong(Pointer.nativeValue(code));
            attribute.putLong(Pointer.nativeValue(license));
            attribute.putInt(1).putInt(LOG_BYTES);
            attribute.putLong(Pointer.nativeValue(log));
            try {
                return new BpfProgram(new Fd((int) bpf(PROG_LOAD, "load", attribute)));
            } catch (SyscallException e) {
                String words = Native.toString(log.getByteArray(0, LOG_BYTES));
                throw new SyscallException(e.call(), words.strip(), e.errno());
            }
        }
    }

    /**
     * Attaches it to the cgroup, in addition to what is attached already.
     *
     * @param cgroup directory of version 2
     */
    public void attach(Path cgroup) throws SyscallException {
        try (Fd directory = Fd.open(cgroup, Fd.O_RDONLY | Fd.O_DIRECTORY, 0)) {
            ByteBuffer attribute = attribute();
            attribute.putInt(directory.number()).putInt(fd.number());
            attribute.putInt(ATTACH_CGROUP_DEVICE).putInt(FLAG_ALLOW_MULTI);
            bpf(PROG_ATTACH, "attach to " + cgroup, attribute);
        }
    }

    private static ByteBuffer attribute() {
        return ByteBuffer.allocate(ATTRIBUTE_BYTES).order(ByteOrder.nativeOrder());
    }

    private static long bpf(int command, String subject, ByteBuffer attribute)
            throws SyscallException {
        byte[] raw = new byte[ATTRIBUTE_BYTES];
        attribute.get(0, raw);
        return NativeCall.run(
                "bpf", subject, () -> LibC.syscall(SYS_BPF, command, raw, raw.length));
    }

    @Override
    public void close() {
        fd.close();
    }
}
