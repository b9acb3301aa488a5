package carafe.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Who is at the other end of a unix socket, by the kernel's word.
 *
 * @param pid at the time of connect or listen, 0 when it is not in this PID namespace
 * @param uid 0 to 4294967295
 * @param gid 0 to 4294967295
 */
public record PeerCredentials(int pid, long uid, long gid) {
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int STRUCT_BYTES = 12;

    /**
     * @param fd a connected unix stream socket, lent for the call
     */
    public static PeerCredentials of(int fd) throws SyscallException {
        byte[] raw = new byte[STRUCT_BYTES];
        int[] size = {STRUCT_BYTES};
        NativeCall.run(
                "getsockopt(SO_PEERCRED)",
                "descriptor " + fd,
                () -> LibC.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, raw, size));
        ByteBuffer in = ByteBuffer.wrap(raw).order(ByteOrder.nativeOrder());
        return new PeerCredentials(
                in.getInt(0),
                Integer.toUnsignedLong(in.getInt(4)),
                Integer.toUnsignedLong(in.getInt(8)));
    }

    /** The user this process acts as. */
    public static long ownUid() {
        return Integer.toUnsignedLong(LibC.geteuid());
    }
}
