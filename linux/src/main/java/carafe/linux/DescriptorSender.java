package carafe.linux;

import com.sun.jna.Memory;

/**
 * A connection to another process of ours, over which packets go, each with a descriptor by
 * SCM_RIGHTS. Nothing here waits. Owns the connection. Thread-safe but for a close meanwhile.
 */
public final class DescriptorSender implements AutoCloseable {
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;

    /** struct msghdr, struct iovec, a control message of one descriptor, and then the packet. */
    private static final int HEADER = 56;

    private static final int VECTOR = HEADER;
    private static final int CONTROL = VECTOR + 16;
    private static final int CONTROL_BYTES = 24;
    private static final int RIGHTS_BYTES = 20;
    private static final int DATA = CONTROL + CONTROL_BYTES;

    private final Fd connection;

    /**
     * @param connection of SOCK_SEQPACKET, owned from here on
     */
    DescriptorSender(Fd connection) {
        this.connection = connection;
    }

    /**
     * Sends a packet and a descriptor, which stays the caller's.
     *
     * @param packet not empty
     * @throws SyscallException EPIPE when the other one has gone, EAGAIN when it takes nothing
     */
    public void send(byte[] packet, Fd descriptor) throws SyscallException {
        try (Memory memory = new Memory(DATA + packet.length)) {
            memory.clear();
            memory.write(DATA, packet, 0, packet.length);
            memory.setPointer(VECTOR, memory.share(DATA));
            memory.setLong(VECTOR + 8, packet.length);
            memory.setPointer(16, memory.share(VECTOR));
            memory.setLong(24, 1);
            memory.setPointer(32, memory.share(CONTROL));
            memory.setLong(40, CONTROL_BYTES);
            memory.setLong(CONTROL, RIGHTS_BYTES);
            memory.setInt(CONTROL + 8, SOL_SOCKET);
            memory.setInt(CONTROL + 12, SCM_RIGHTS);
            memory.setInt(CONTROL + 16, descriptor.number());
            int fd = connection.number();
            NativeCall.run(
                    "sendmsg",
                    "descriptor " + fd,
                    () -> LibC.sendmsg(fd, memory, MSG_DONTWAIT | MSG_NOSIGNAL));
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
