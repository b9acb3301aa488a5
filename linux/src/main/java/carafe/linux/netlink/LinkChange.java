package carafe.linux.netlink;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * One request that changes links, addresses or routes, as rtnetlink(7) wants it. Requests of one
 * batch are carried out in their order, and one that fails does not keep back the following ones.
 *
 * @param verb what is done, for messages
 * @param subject to what: a name or an address; put into words only when it has failed
 */
@SuppressWarnings("ArrayRecordComponent") // sent, never compared
public record LinkChange(String verb, Object subject, byte[] message) {
    private static final int REQUEST = 0x1;
    private static final int EXCLUSIVE = 0x200;
    private static final int CREATE = 0x400;
    private static final int CHANGE = REQUEST;

    private static final int NEW_LINK = 16;
    private static final int DELETE_LINK = 17;
    private static final int NEW_ADDRESS = 20;
    private static final int DELETE_ADDRESS = 21;
    private static final int NEW_ROUTE = 24;

    private static final int IFF_UP = 1;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int INFO_KIND = 1;
    private static final int INFO_DATA = 2;
    private static final int INFO_SLAVE_KIND = 4;
    private static final int INFO_SLAVE_DATA = 5;
    private static final int VETH_PEER = 1;
    private static final int PORT_HAIRPIN = 4;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int NO_DUPLICATE_DETECTION = 0x02;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int TABLE_MAIN = 254;
    private static final int BY_STATIC = 4;
    private static final int UNICAST = 1;

    /** A new bridge that is up; its own MAC address keeps it from taking over its ports'. */
    public static LinkChange newBridge(String name, byte[] mac, int mtu) {
        return new LinkChange(
                "make bridge",
                name,
                new NetlinkMessage(NEW_LINK, CHANGE | CREATE | EXCLUSIVE)
                        .link(0, IFF_UP, IFF_UP)
                        .text(IFLA_IFNAME, name)
                        .bytes(IFLA_ADDRESS, mac)
                        .number(IFLA_MTU, mtu)
                        .begin(IFLA_LINKINFO)
                        .text(INFO_KIND, "bridge")
                        .end()
                        .toBytes());
    }

    /**
     * Both ends of a cable, as they are seen from the namespace in which it is made.
     *
     * @param name of the end there, which is up
     * @param index of that end, which nothing else there has: who chooses it need not ask for it
     * @param mac of that end
     * @param peer name of the end in the other namespace, which is down: the kernel raises no end
     *     of a cable that has only one
     * @param namespace a descriptor of the other namespace
     */
    @SuppressWarnings("ArrayRecordComponent") // sent, never compared
    public record Cable(String name, int index, byte[] mac, int mtu, String peer, int namespace) {}

    /** A veth pair. EEXIST or EBUSY when a name or the index is taken. */
    public static LinkChange newCable(Cable cable) {
        return new LinkChange(
                "make link",
                cable.peer(),
                new NetlinkMessage(NEW_LINK, CHANGE | CREATE | EXCLUSIVE)
                        .link(cable.index(), IFF_UP, IFF_UP)
                        .text(IFLA_IFNAME, cable.name())
                        .number(IFLA_MTU, cable.mtu())
                        .bytes(IFLA_ADDRESS, cable.mac())
                        .begin(IFLA_LINKINFO)
                        .text(INFO_KIND, "veth")
                        .begin(INFO_DATA)
                        .begin(VETH_PEER)
                        .link(0, 0, 0)
                        .text(IFLA_IFNAME, cable.peer())
                        .number(IFLA_MTU, cable.mtu())
                        .number(IFLA_NET_NS_FD, cable.namespace())
                        .end()
                        .end()
                        .end()
                        .toBytes());
    }

    /**
     * Makes a link a port of the bridge, and raises it. EINVAL when there is no such bridge.
     *
     * @param bridge index
     */
    public static LinkChange connect(String link, int bridge) {
        return new LinkChange(
                "connect link",
                link,
                new NetlinkMessage(NEW_LINK, CHANGE)
                        .link(0, IFF_UP, IFF_UP)
                        .text(IFLA_IFNAME, link)
                        .number(IFLA_MASTER, bridge)
                        .toBytes());
    }

    /** Lets the bridge send a frame back through the port that it came from. */
    public static LinkChange hairpin(String port) {
        return new LinkChange(
                "set hairpin mode of",
                port,
                new NetlinkMessage(NEW_LINK, CHANGE)
                        .link(0, 0, 0)
                        .text(IFLA_IFNAME, port)
                        .begin(IFLA_LINKINFO)
                        .text(INFO_SLAVE_KIND, "bridge")
                        .begin(INFO_SLAVE_DATA)
                        .small(PORT_HAIRPIN, 1)
                        .end()
                        .end()
                        .toBytes());
    }

    /** ENODEV when there is none. */
    public static LinkChange delete(String name) {
        return new LinkChange(
                "delete link",
                name,
                new NetlinkMessage(DELETE_LINK, CHANGE)
                        .link(0, 0, 0)
                        .text(IFLA_IFNAME, name)
                        .toBytes());
    }

    /** EEXIST when the link has it. An IPv6 address counts at once, without a search for twins. */
    public static LinkChange newAddress(int link, InetAddress address, int prefix) {
        return new LinkChange(
                "give address",
                address,
                address(NEW_ADDRESS, CHANGE | CREATE | EXCLUSIVE, link, address, prefix));
    }

    /** EADDRNOTAVAIL when the link has it not. */
    public static LinkChange deleteAddress(int link, InetAddress address, int prefix) {
        return new LinkChange(
                "take address", address, address(DELETE_ADDRESS, CHANGE, link, address, prefix));
    }

    private static byte[] address(int type, int flags, int link, InetAddress address, int prefix) {
        boolean four = address instanceof Inet4Address;
        byte[] raw = address.getAddress();
        return new NetlinkMessage(type, flags)
                .address(family(address), prefix, four ? 0 : NO_DUPLICATE_DETECTION, link)
                .bytes(IFA_LOCAL, raw)
                .bytes(IFA_ADDRESS, raw)
                .toBytes();
    }

    /** The way to everywhere else. */
    public static LinkChange defaultRoute(int link, InetAddress gateway) {
        return new LinkChange(
                "route by",
                gateway,
                new NetlinkMessage(NEW_ROUTE, CHANGE | CREATE | EXCLUSIVE)
                        .route(family(gateway), TABLE_MAIN, BY_STATIC, UNICAST)
                        .bytes(RTA_GATEWAY, gateway.getAddress())
                        .number(RTA_OIF, link)
                        .toBytes());
    }

    /** The whole of it, for a message. */
    String what() {
        Object words = subject instanceof InetAddress address ? address.getHostAddress() : subject;
        return verb + " " + words;
    }

    private static int family(InetAddress address) {
        return address instanceof Inet4Address ? AF_INET : AF_INET6;
    }
}
