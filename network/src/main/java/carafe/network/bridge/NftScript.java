package carafe.network.bridge;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The words of the one nftables table that is ours, named after the bridge. Each script is one
 * transaction: all of it counts or nothing. Pure.
 */
final class NftScript {
    private static final String KEY = "inet_proto . inet_service";

    /** By which packets a map is searched, and what it leads to. */
    private enum PortMap {
        AT4("at4", "ipv4_addr . " + KEY, "ipv4_addr", true),
        ANY4("any4", KEY, "ipv4_addr", false),
        AT6("at6", "ipv6_addr . " + KEY, "ipv6_addr", true),
        ANY6("any6", KEY, "ipv6_addr", false);

        private final String label;
        private final String key;
        private final String value;
        private final boolean addressed;

        PortMap(String label, String key, String value, boolean addressed) {
            this.label = label;
            this.key = key;
            this.value = value;
            this.addressed = addressed;
        }

        private boolean isIpv4() {
            return value.equals("ipv4_addr");
        }

        boolean takes(HostPort port) {
            boolean family = isIpv4() ? port.hasIpv4() : port.hasIpv6();
            return family && addressed == (port.address() != null);
        }

        Stream<String> elements(Lease lease, boolean withValue) {
            return (isIpv4() ? lease.ipv4() : lease.ipv6())
                    .map(IpRange::text).stream()
                            .flatMap(pod ->
                                    lease.ports().stream()
                                            .filter(this::takes)
                                            .map(port -> element(port, pod, withValue)));
        }

        private static String element(HostPort port, String pod, boolean withValue) {
            String at = port.address() == null ? "" : IpRange.text(port.address()) + " . ";
            String key = "%s%s . %d".formatted(at, port.protocol(), port.hostPort());
            return withValue ? "%s : %s . %d".formatted(key, pod, port.podPort()) : key;
        }
    }

    private final String name;

    /**
     * @param name of the bridge and of the table
     */
    NftScript(String name) {
        this.name = name;
    }

    /** The table anew, whatever it was. */
    String whole(Collection<IpRange> ranges, Collection<Lease> leases) {
        return "add table inet %1$s\ndelete table inet %1$s\ntable inet %1$s {\n".formatted(name)
                + set("pods4", "ipv4_addr", ranges.stream().filter(IpRange::isIpv4).toList())
                + set("pods6", "ipv6_addr", ranges.stream().filter(r -> !r.isIpv4()).toList())
                + Stream.of(PortMap.values())
                        .map(map -> map(map, leases))
                        .collect(Collectors.joining())
                + CHAINS.replace("BRIDGE", name)
                + "}\n";
    }

    /** The ports of one pod more. */
    String add(Lease lease) {
        return change("add", lease, true);
    }

    /** The ports of one pod less; fails as a whole when one is not there. */
    String remove(Lease lease) {
        return change("delete", lease, false);
    }

    /** The table and all in it; no table is success. */
    String nothing() {
        return "add table inet %1$s\ndelete table inet %1$s\n".formatted(name);
    }

    private String change(String verb, Lease lease, boolean withValue) {
        StringBuilder script = new StringBuilder();
        for (PortMap map : PortMap.values()) {
            String elements = map.elements(lease, withValue).collect(Collectors.joining(", "));
            if (!elements.isEmpty()) {
                script.append(
                        "%s element inet %s %s { %s }\n"
                                .formatted(verb, name, map.label, elements));
            }
        }
        return script.toString();
    }

    private static String set(String label, String type, List<IpRange> ranges) {
        return "set %s { type %s; flags interval; auto-merge; %s}\n"
                .formatted(label, type, elements(ranges.stream().map(IpRange::toString)));
    }

    private static String map(PortMap map, Collection<Lease> leases) {
        return "map %s { type %s : %s . inet_service; %s}\n"
                .formatted(
                        map.label,
                        map.key,
                        map.value,
                        elements(leases.stream().flatMap(each -> map.elements(each, true))));
    }

    private static String elements(Stream<String> all) {
        String joined = all.collect(Collectors.joining(", "));
        return joined.isEmpty() ? "" : "elements = { " + joined + " } ";
    }

    /*
     * guard: the bridge has route_localnet while there are host ports, so that the node reaches them at 127.0.0.1;
     * nothing from the bridge may come to, or pretend to come from, the node's loopback.
     * fib: only packets to an address of the node are meant for a host port, not everything to that port number.
     * postrouting, in this order: a pod that reaches itself or a neighbour through a host port must see the answer come
     * back the same way; the node's loopback address means nothing to a pod; the rest of the world knows no pod.
     */
    private static final String CHAINS =
            """
            chain guard {
              type filter hook prerouting priority raw; policy accept;
              iifname "BRIDGE" ip daddr 127.0.0.0/8 drop
              iifname "BRIDGE" ip saddr 127.0.0.0/8 drop
            }
            chain hostports {
              dnat ip to ip daddr . meta l4proto . th dport map @at4
              dnat ip to meta l4proto . th dport map @any4
              ip6 daddr ::1 return
              dnat ip6 to ip6 daddr . meta l4proto . th dport map @at6
              dnat ip6 to meta l4proto . th dport map @any6
            }
            chain prerouting {
              type nat hook prerouting priority dstnat; policy accept;
              meta l4proto { tcp, udp, sctp } fib daddr type local jump hostports
            }
            chain output {
              type nat hook output priority -100; policy accept;
              meta l4proto { tcp, udp, sctp } fib daddr type local jump hostports
            }
            chain postrouting {
              type nat hook postrouting priority srcnat; policy accept;
              ct status dnat ip saddr @pods4 ip daddr @pods4 masquerade
              ct status dnat ip6 saddr @pods6 ip6 daddr @pods6 masquerade
              oifname "BRIDGE" ip saddr 127.0.0.0/8 masquerade
              oifname != "BRIDGE" ip saddr @pods4 ip daddr != @pods4 masquerade
              oifname != "BRIDGE" ip6 saddr @pods6 ip6 daddr != @pods6 masquerade
            }
            """;
}
