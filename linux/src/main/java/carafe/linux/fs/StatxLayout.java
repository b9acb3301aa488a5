package carafe.linux.fs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** struct statx, the same on all architectures (kernel 4.11; mount root flag 5.8). */
final class StatxLayout {
    private static final long STATX_ATTR_MOUNT_ROOT = 0x2000;

    private StatxLayout() {}

    static FileStat read(byte[] buffer) {
        ByteBuffer data = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
        return new FileStat(
                data.getShort(28) & 0xffff,
                data.getInt(20) & 0xffffffffL,
                data.getInt(24) & 0xffffffffL,
                data.getLong(32),
                data.getInt(16) & 0xffffffffL,
                data.getLong(40),
                data.getLong(48),
                device(data, 136),
                device(data, 128),
                new FileTime(data.getLong(112), data.getInt(120)),
                (data.getLong(8) & STATX_ATTR_MOUNT_ROOT) != 0);
    }

    private static long device(ByteBuffer data, int offset) {
        long major = data.getInt(offset) & 0xffffffffL;
        long minor = data.getInt(offset + 4) & 0xffffffffL;
        return major << 32 | minor;
    }
}
