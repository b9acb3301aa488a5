package carafe.linux.netlink;

import carafe.linux.Errno;
import carafe.linux.Fd;
import carafe.linux.Sockets;
import carafe.linux.SyscallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@link Netlink} over a NETLINK_ROUTE socket, which it owns. */
public final class NetlinkSocket implements Netlink {
    /** What the kernel says of one link is far less than this. */
    private static final int BUFFER = 8 << 10;

    /** What it says of one change repeats the change, where it failed. */
    private static final int ANSWER = 1 << 10;

    /** The kernel fills what there is with links, up to this. */
    private static final int DUMP_BUFFER = 32 << 10;

    private static final int TYPE = 4;
    private static final int FLAGS = 6;
    private static final int SEQUENCE = 8;
    private static final int ERROR = 2;
    private static final int ERROR_BYTES = NetlinkMessage.HEADER + Integer.BYTES;
    private static final int DONE = 3;
    private static final int NEW_LINK = 16;
    private static final int GET_LINK = 18;
    private static final int REQUEST = 0x1;
    private static final int ACK = 0x4;
    private static final int DUMP = 0x300;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_EXT_MASK = 29;
    private static final int SKIP_STATISTICS = 1 << 3;
    private static final int MAX_LINKS = 100_000;

    private final Fd socket;
    private final byte[] answers = new byte[ANSWER];
    private final ByteBuffer in = ByteBuffer.wrap(answers).order(ByteOrder.nativeOrder());
    private int sequence;

    private NetlinkSocket(Fd socket) {
        this.socket = socket;
    }

    /** Of this process's own namespace. */
    public static NetlinkSocket open() throws SyscallException {
        return over(Sockets.netlink());
    }

    /**
     * Of the namespace in which the socket was made.
     *
     * @param socket NETLINK_ROUTE; from here on this object's to close
     */
    public static NetlinkSocket over(Fd socket) throws SyscallException {
        try {
            Sockets.limitWaiting(socket);
            return new NetlinkSocket(socket);
        } catch (SyscallException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void change(List<LinkChange> changes) throws SyscallException {
        int first = sequence + 1;
        int last = sequence + changes.size();
        // Answers come one by one and in order: a failure always, success only when asked for.
        socket.write(batch(changes));
        SyscallException failure = null;
        while (true) {
            int size = socket.read(answers);
            for (int at = 0; at + ERROR_BYTES <= size; at += aligned(in.getInt(at))) {
                int which = in.getInt(at + SEQUENCE);
                if (in.getInt(at) < ERROR_BYTES
                        || in.getShort(at + TYPE) != ERROR
                        || which < first
                        || which > last) {
                    continue;
                }
                int errno = -in.getInt(at + NetlinkMessage.HEADER);
                if (failure == null && errno != 0) {
                    String what = changes.get(which - first).what();
                    failure = new SyscallException("netlink", what, errno);
                }
                if (which == last) {
                    if (failure != null) {
                        throw failure;
                    }
                    return;
                }
            }
        }
    }

    /** All in one message to the kernel, numbered one by one. */
    private byte[] batch(List<LinkChange> changes) {
        int size = 0;
        for (LinkChange each : changes) {
            size += each.message().length;
        }
        byte[] all = new byte[size];
        ByteBuffer header = ByteBuffer.wrap(all).order(ByteOrder.nativeOrder());
        int at = 0;
        int left = changes.size();
        for (LinkChange each : changes) {
            byte[] message = each.message();
            System.arraycopy(message, 0, all, at, message.length);
            header.putInt(at + SEQUENCE, ++sequence);
            if (--left == 0) {
                header.putShort(at + FLAGS, (short) (header.getShort(at + FLAGS) | ACK));
            }
            at += message.length;
        }
        return all;
    }

    private static int aligned(int size) {
        return Math.max(NetlinkMessage.HEADER, (size + 3) & ~3);
    }

    @Override
    public Optional<Link> link(String name) throws SyscallException {
        socket.write(
                numbered(
                        new NetlinkMessage(GET_LINK, REQUEST)
                                .link(0, 0, 0)
                                .text(IFLA_IFNAME, name)
                                .number(IFLA_EXT_MASK, SKIP_STATISTICS)
                                .toBytes()));
        while (true) {
            for (Part part : receive(BUFFER)) {
                if (part.sequence() != sequence) {
                    continue;
                }
                if (part.type() == NEW_LINK) {
                    return Optional.of(Link.read(part.body()));
                }
                if (part.errno() == Errno.ENODEV) {
                    return Optional.empty();
                }
                throw new SyscallException("netlink", "look for link " + name, part.errno());
            }
        }
    }

    @Override
    public List<Link> links() throws SyscallException {
        socket.write(
                numbered(
                        new NetlinkMessage(GET_LINK, REQUEST | DUMP)
                                .link(0, 0, 0)
                                .number(IFLA_EXT_MASK, SKIP_STATISTICS)
                                .toBytes()));
        List<Link> found = new ArrayList<>();
        while (found.size() < MAX_LINKS) {
            for (Part part : receive(DUMP_BUFFER)) {
                if (part.sequence() != sequence) {
                    continue;
                }
                switch (part.type()) {
                    case NEW_LINK -> found.add(Link.read(part.body()));
                    case DONE -> {
                        return found;
                    }
                    default -> throw new SyscallException("netlink", "list links", part.errno());
                }
            }
        }
        throw new SyscallException("netlink", "list links", Errno.E2BIG);
    }

    @Override
    public void close() {
        socket.close();
    }

    /** One message of an answer. */
    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    private record Part(int type, int sequence, byte[] body) {
        /** Of an ERROR message; 0 is an acknowledgement. */
        int errno() {
            return type == ERROR && body.length >= Integer.BYTES
                    ? -ByteBuffer.wrap(body).order(ByteOrder.nativeOrder()).getInt()
                    : 0;
        }
    }

    private byte[] numbered(byte[] message) {
        ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).putInt(SEQUENCE, ++sequence);
        return message;
    }

    private List<Part> receive(int most) throws SyscallException {
        byte[] datagram = socket.read(most);
        ByteBuffer all = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at + NetlinkMessage.HEADER <= datagram.length) {
            int size = all.getInt(at);
            if (size < NetlinkMessage.HEADER || at + size > datagram.length) {
                break;
            }
            parts.add(
                    new Part(
                            all.getShort(at + 4),
                            all.getInt(at + SEQUENCE),
                            Arrays.copyOfRange(datagram, at + NetlinkMessage.HEADER, at + size)));
            at += (size + 3) & ~3;
        }
        return parts;
    }
}
