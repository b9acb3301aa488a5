package carafe.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * A file system's numbers.
 *
 * @param type magic number, as {@link #CGROUP2}
 * @param totalBytes size
 * @param freeBytes what an ordinary user may still write
 * @param totalInodes 0 where there is no fixed number
 * @param freeInodes likewise
 */
public record Statfs(
        long type, long totalBytes, long freeBytes, long totalInodes, long freeInodes) {
    public static final long CGROUP2 = 0x63677270L;
    public static final long PROCFS = 0x9fa0L;
    public static final long TMPFS = 0x01021994L;

    /** struct statfs of 64-bit Linux is 120 bytes; the same layout on x86-64 and arm64. */
    private static final int STRUCT_BYTES = 256;

    /** Of the file system that holds the path. */
    public static Statfs of(Path path) throws SyscallException {
        byte[] raw = new byte[STRUCT_BYTES];
        byte[] name = CPath.of(path);
        NativeCall.run("statfs", path.toString(), () -> LibC.statfs(name, raw));
        ByteBuffer in = ByteBuffer.wrap(raw).order(ByteOrder.nativeOrder());
        long type = in.getLong(0);
        long blockBytes = in.getLong(8);
        return new Statfs(
                type,
                blockBytes * in.getLong(16),
                blockBytes * in.getLong(32),
                in.getLong(40),
                in.getLong(48));
    }
}
