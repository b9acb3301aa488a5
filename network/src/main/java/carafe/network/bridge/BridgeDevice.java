package carafe.network.bridge;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.netlink.Link;
import carafe.linux.netlink.LinkChange;
import carafe.linux.netlink.Netlink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The bridge itself: made when the first pod needs it, with the node's addresses on it and the
 * settings of the node that it needs. Known again by its MAC address, which is made of its name: a
 * bridge of somebody else by that name is never touched. Callers hold one lock.
 */
final class BridgeDevice {
    private static final String IPV4 = "/proc/sys/net/ipv4/";
    private static final String IPV6 = "/proc/sys/net/ipv6/";
    private static final String DEFAULT_ROUTE = "00000000";
    private static final int USUAL_MTU = 1500;

    private final BridgeSettings settings;
    private final NodeSettings node;

    BridgeDevice(BridgeSettings settings, NodeSettings node) {
        this.settings = settings;
        this.node = node;
    }

    /**
     * The bridge that is there.
     *
     * @param mtu size of packets
     * @param ranges of which the node has an address on it
     */
    record Made(int index, int mtu, Set<IpRange> ranges) {
        boolean is(Link link) {
            return link.index() == index;
        }
    }

    /** Ours, if it is there. */
    Optional<Link> find(Netlink netlink) throws SyscallException {
        Optional<Link> link = netlink.link(settings.name());
        if (link.isPresent() && !link.get().mac().equals(mac())) {
            throw new CarafeException.Precondition(
                    "the link %s exists and is not Carafe's; remove it, or set network.bridge to another name"
                            .formatted(settings.name()));
        }
        return link;
    }

    /** Makes the bridge if it is not there, and gives it the node's address of every range. */
    Made ensure(Netlink netlink, Set<IpRange> ranges) throws SyscallException {
        int mtu = settings.mtu() == 0 ? mtuOfNode() : settings.mtu();
        Optional<Link> link = find(netlink);
        if (link.isEmpty()) {
            byte[] mac = HexFormat.ofDelimiter(":").parseHex(mac());
            netlink.change(List.of(LinkChange.newBridge(settings.name(), mac, mtu)));
            link = find(netlink);
        }
        int index = link.map(Link::index).orElseThrow(() -> gone());
        quieten();
        for (IpRange range : ranges) {
            try {
                netlink.change(
                        List.of(LinkChange.newAddress(index, range.gateway(), range.prefix())));
            } catch (SyscallException e) {
                if (!e.is(Errno.EEXIST)) {
                    throw e;
                }
            }
        }
        forward(ranges);
        return new Made(index, mtu, ranges);
    }

    /** Whether pods can have IPv6 on this node. */
    boolean hasIpv6() {
        try {
            return node.read(IPV6 + "conf/all/disable_ipv6").equals("0");
        } catch (SyscallException e) {
            return false;
        }
    }

    /**
     * Lets packets from 127.0.0.1 leave by the bridge, so that the node reaches host ports there.
     * Only while the table's guard is in force, and only while there are host ports.
     */
    void routeLocalnet(boolean wanted) throws SyscallException {
        node.write(IPV4 + "conf/" + settings.name() + "/route_localnet", wanted ? "1" : "0");
    }

    private SyscallException gone() {
        return new SyscallException("netlink", "link " + settings.name(), Errno.ENODEV);
    }

    /** Nobody on the bridge is a router but the node: it believes no advertisement. */
    private void quieten() throws SyscallException {
        if (hasIpv6()) {
            node.write(IPV6 + "conf/" + settings.name() + "/accept_ra", "0");
        }
    }

    private void forward(Set<IpRange> ranges) throws SyscallException {
        if (ranges.stream().anyMatch(IpRange::isIpv4)) {
            switchOn(IPV4 + "ip_forward");
        }
        if (ranges.stream().anyMatch(range -> !range.isIpv4())
                && node.read(IPV6 + "conf/all/forwarding").equals("0")) {
            keepAdvertisedRoutes();
            switchOn(IPV6 + "conf/all/forwarding");
        }
    }

    /** A node that forwards ignores its own router's advertisements unless it is told not to. */
    private void keepAdvertisedRoutes() throws SyscallException {
        for (String link : linksOfNode()) {
            String acceptRa = IPV6 + "conf/" + link + "/accept_ra";
            if (node.read(acceptRa).equals("1")) {
                node.write(acceptRa, "2");
            }
        }
    }

    /** Those with an IPv6 address, which alone can have a route by an advertisement. */
    private List<String> linksOfNode() throws SyscallException {
        List<String> links = new ArrayList<>();
        for (String line : node.read("/proc/net/if_inet6").lines().toList()) {
            String link = line.substring(line.lastIndexOf(' ') + 1);
            if (!link.equals("lo") && !link.equals(settings.name()) && !links.contains(link)) {
                links.add(link);
            }
        }
        return links;
    }

    private void switchOn(String setting) throws SyscallException {
        if (!node.read(setting).equals("1")) {
            node.write(setting, "1");
        }
    }

    /** Pods must not send what the node cannot pass on. */
    private int mtuOfNode() {
        try {
            for (String line : node.read("/proc/net/route").lines().skip(1).toList()) {
                String[] fields = line.split("\\s+", -1);
                if (fields.length > 7
                        && fields[1].equals(DEFAULT_ROUTE)
                        && fields[7].equals(DEFAULT_ROUTE)) {
                    return Integer.parseInt(node.read("/sys/class/net/" + fields[0] + "/mtu"));
                }
            }
        } catch (SyscallException | NumberFormatException e) {
            return USUAL_MTU; // the link has just gone
        }
        return USUAL_MTU;
    }

    /** Locally administered, unicast, and the same for the same name. */
    private String mac() {
        CRC32 sum = new CRC32();
        sum.update(("carafe " + settings.name()).getBytes(StandardCharsets.UTF_8));
        return "ca:fa:" + HexFormat.ofDelimiter(":").formatHex(bytes(sum.getValue()));
    }

    private static byte[] bytes(long value) {
        return new byte[] {
            (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
        };
    }
}
