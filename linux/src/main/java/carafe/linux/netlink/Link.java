package carafe.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A network link as the kernel tells of it.
 *
 * @param peer index of the cable's other end, in that end's namespace; 0 = none
 * @param master index of the bridge that it is a port of; 0 = none
 * @param mac as {@code 02:00:00:00:00:01}; empty = none
 */
public record Link(int index, String name, int peer, int master, String mac) {
    private static final int IFINFOMSG = 16;
    private static final int INDEX = 4;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_MASTER = 10;
    private static final int TYPE_MASK = 0x3fff;
    private static final HexFormat MAC = HexFormat.ofDelimiter(":");

    /** From the body of an RTM_NEWLINK message; what is cut short ends the reading. */
    static Link read(byte[] body) {
        ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.nativeOrder());
        int index = body.length < IFINFOMSG ? 0 : in.getInt(INDEX);
        String name = "";
        String mac = "";
        int peer = 0;
        int master = 0;
        int at = IFINFOMSG;
        while (at + NetlinkMessage.ATTRIBUTE <= body.length) {
            int size = Short.toUnsignedInt(in.getShort(at));
            int type = in.getShort(at + 2) & TYPE_MASK;
            if (size < NetlinkMessage.ATTRIBUTE || at + size > body.length) {
                break;
            }
            int value = at + NetlinkMessage.ATTRIBUTE;
            if (type == IFLA_IFNAME) {
                name = text(body, value, at + size);
            } else if (type == IFLA_ADDRESS) {
                mac = MAC.formatHex(body, value, at + size);
            } else if (type == IFLA_LINK && at + size - value >= Integer.BYTES) {
                peer = in.getInt(value);
            } else if (type == IFLA_MASTER && at + size - value >= Integer.BYTES) {
                master = in.getInt(value);
            }
            at += (size + 3) & ~3;
        }
        return new Link(index, name, peer, master, mac);
    }

    private static String text(byte[] body, int from, int to) {
        int end = from;
        while (end < to && body[end] != 0) {
            end++;
        }
        return new String(body, from, end - from, StandardCharsets.UTF_8);
    }
}
