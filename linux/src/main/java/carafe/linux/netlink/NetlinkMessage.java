package carafe.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds one netlink message: header, fixed part, attributes padded to four bytes (netlink(7)). Not
 * thread-safe.
 */
final class NetlinkMessage {
    static final int HEADER = 16;
    static final int ATTRIBUTE = 4;

    private static final int TYPE = 4;
    private static final int FLAGS = 6;
    private static final int LIMIT = 512;
    private static final int DEEPEST = 4;
    private static final int ALIGN = 4;

    private final ByteBuffer out = ByteBuffer.allocate(LIMIT).order(ByteOrder.nativeOrder());
    private final int[] open = new int[DEEPEST];
    private int depth;

    NetlinkMessage(int type, int flags) {
        out.putShort(TYPE, (short) type).putShort(FLAGS, (short) flags).position(HEADER);
    }

    /** struct ifinfomsg: the link of this index, with these flags changed to these values. */
    NetlinkMessage link(int index, int flags, int change) {
        out.putInt(0).putInt(index).putInt(flags).putInt(change);
        return this;
    }

    /** struct ifaddrmsg, scope global. */
    NetlinkMessage address(int family, int prefix, int flags, int index) {
        out.put((byte) family).put((byte) prefix).put((byte) flags).put((byte) 0).putInt(index);
        return this;
    }

    /** struct rtmsg of a route to everywhere. */
    NetlinkMessage route(int family, int table, int protocol, int type) {
        out.put((byte) family).put((byte) 0).put((byte) 0).put((byte) 0);
        out.put((byte) table).put((byte) protocol).put((byte) 0).put((byte) type).putInt(0);
        return this;
    }

    NetlinkMessage bytes(int type, byte[] value) {
        out.putShort((short) (ATTRIBUTE + value.length)).putShort((short) type).put(value);
        pad();
        return this;
    }

    NetlinkMessage text(int type, String value) {
        byte[] raw = value.getBytes(StandardCharsets.UTF_8);
        return bytes(type, Arrays.copyOf(raw, raw.length + 1));
    }

    NetlinkMessage number(int type, int value) {
        out.putShort((short) (ATTRIBUTE + 4)).putShort((short) type).putInt(value);
        return this;
    }

    NetlinkMessage small(int type, int value) {
        return bytes(type, new byte[] {(byte) value});
    }

    /** Begins an attribute that holds others, until {@link #end}. */
    NetlinkMessage begin(int type) {
        open[depth++] = out.position();
        out.putShort((short) 0).putShort((short) type);
        return this;
    }

    NetlinkMessage end() {
        int start = open[--depth];
        out.putShort(start, (short) (out.position() - start));
        return this;
    }

    /** The whole message; its sequence number is filled in when it is sent. */
    byte[] toBytes() {
        if (depth != 0) {
            throw new IllegalStateException("an attribute has no end");
        }
        out.putInt(0, out.position());
        byte[] all = new byte[out.position()];
        out.get(0, all);
        return all;
    }

    private void pad() {
        while (out.position() % ALIGN != 0) {
            out.put((byte) 0);
        }
    }
}
