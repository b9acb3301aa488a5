package carafe.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Files that the kernel makes up when they are read (procfs, sysfs, cgroupfs), with the errno that
 * the JDK's file classes do not tell. Stateless.
 */
public final class KernelFiles {
    /** More than any such file of ours has; a longer one is refused. */
    public static final int MAX_BYTES = 4 << 20;

    private static final int CHUNK_BYTES = 4096;

    private KernelFiles() {}

    /**
     * The whole file.
     *
     * @throws SyscallException EFBIG beyond {@link #MAX_BYTES}
     */
    public static String read(Path path) throws SyscallException {
        try (Fd fd = Fd.open(path, Fd.O_RDONLY, 0)) {
            byte[] content = new byte[0];
            while (true) {
                byte[] part = read(fd, path, Math.max(CHUNK_BYTES, content.length));
                if (part.length == 0) {
                    return new String(content, StandardCharsets.UTF_8);
                }
                if (content.length + part.length > MAX_BYTES) {
                    throw new SyscallException("read", path.toString(), Errno.EFBIG);
                }
                int end = content.length;
                content = Arrays.copyOf(content, end + part.length);
                System.arraycopy(part, 0, content, end, part.length);
            }
        }
    }

    private static byte[] read(Fd fd, Path path, int maxBytes) throws SyscallException {
        try {
            return fd.read(maxBytes);
        } catch (SyscallException e) {
            throw new SyscallException(e.call(), path.toString(), e.errno());
        }
    }

    /** Writes the text with one write(2), as such files want it; the file must exist. */
    public static void write(Path path, String text) throws SyscallException {
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        try (Fd fd = Fd.open(path, Fd.O_WRONLY | Fd.O_TRUNC, 0)) {
            NativeCall.run(
                    "write \"" + text.strip() + "\" to",
                    path.toString(),
                    () -> LibC.write(fd.number(), raw, raw.length));
        }
    }

    /** The same for each of the texts; the file is opened once. */
    public static void writeEach(Path path, List<String> texts) throws SyscallException {
        try (Fd fd = Fd.open(path, Fd.O_WRONLY | Fd.O_TRUNC, 0)) {
            for (String text : texts) {
                byte[] raw = text.getBytes(StandardCharsets.UTF_8);
                NativeCall.run(
                        "write \"" + text.strip() + "\" to",
                        path.toString(),
                        () -> LibC.write(fd.number(), raw, raw.length));
            }
        }
    }

    /** Makes one directory, mode 0755. */
    public static void makeDirectory(Path path) throws SyscallException {
        byte[] raw = CPath.of(path);
        NativeCall.run("mkdir", path.toString(), () -> LibC.mkdir(raw, 0755));
    }

    /** Removes one directory, which for a cgroup may hold the kernel's own files. */
    public static void removeDirectory(Path path) throws SyscallException {
        byte[] raw = CPath.of(path);
        NativeCall.run("rmdir", path.toString(), () -> LibC.rmdir(raw));
    }
}
