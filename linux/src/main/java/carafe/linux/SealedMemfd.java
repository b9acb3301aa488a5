package carafe.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * A program in memory that nobody can change, root included: the file that all shims run from. Open
 * as long as shims are to be started; running ones keep it by themselves.
 */
public final class SealedMemfd implements AutoCloseable {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;

    /** Linux 6.3: says that it is to be executed, whatever vm.memfd_noexec says. */
    private static final int MFD_EXEC = 0x10;

    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;
    private static final int SEAL_SEAL_SHRINK_GROW_WRITE = 0xf;

    /** Linux 6.3: the mode's executable bits are final too. */
    private static final int SEAL_EXEC = 0x20;

    private static final int MAX_BYTES = 64 << 20;

    private final Fd fd;
    private final long pid;

    private SealedMemfd(Fd fd) {
        this.fd = fd;
        this.pid = ProcessHandle.current().pid();
    }

    /**
     * Copies the program and seals it.
     *
     * @param name what /proc shows of it
     */
    public static SealedMemfd of(String name, InputStream program) throws IOException {
        byte[] content = program.readNBytes(MAX_BYTES + 1);
        if (content.length == 0 || content.length > MAX_BYTES) {
            throw new IOException(
                    "program " + name + " has " + content.length + " bytes, cannot be right");
        }
        Fd fd = create(name);
        try {
            fd.write(content);
            NativeCall.run("fchmod", name, () -> LibC.fchmod(fd.number(), 0500));
            seal(fd, name);
            return new SealedMemfd(fd);
        } catch (IOException e) {
            fd.close();
            throw e;
        }
    }

    private static Fd create(String name) throws SyscallException {
        byte[] raw = CPath.of(name);
        int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
        try {
            return new Fd(
                    (int)
                            NativeCall.run(
                                    "memfd_create",
                                    name,
                                    () -> LibC.memfd_create(raw, flags | MFD_EXEC)));
        } catch (SyscallException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
            return new Fd(
                    (int)
                            NativeCall.run(
                                    "memfd_create", name, () -> LibC.memfd_create(raw, flags)));
        }
    }

    private static void seal(Fd fd, String name) throws SyscallException {
        try {
            addSeals(fd, name, SEAL_SEAL_SHRINK_GROW_WRITE | SEAL_EXEC);
        } catch (SyscallException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
            addSeals(fd, name, SEAL_SEAL_SHRINK_GROW_WRITE);
        }
    }

    private static void addSeals(Fd fd, String name, int seals) throws SyscallException {
        NativeCall.run(
                "fcntl(F_ADD_SEALS)", name, () -> LibC.fcntl(fd.number(), F_ADD_SEALS, seals));
    }

    /** Whether content and size are final; read back from the kernel. */
    public boolean sealed() throws SyscallException {
        long seals =
                NativeCall.run(
                        "fcntl(F_GET_SEALS)", "", () -> LibC.fcntl(fd.number(), F_GET_SEALS, 0));
        return (seals & SEAL_SEAL_SHRINK_GROW_WRITE) == SEAL_SEAL_SHRINK_GROW_WRITE;
    }

    /**
     * The name under which any child of this process can execute it. Not /proc/self: the JDK starts
     * programs through a helper, whose self is another process.
     */
    public Path path() {
        return Path.of("/proc/" + pid + "/fd/" + fd.number());
    }

    @Override
    public void close() {
        fd.close();
    }
}
