package carafe.network.bridge;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What a pod has of the built-in network. On disk before any of it is used.
 *
 * @param link name of the node's end of the pod's cable
 * @param addresses primary one first, at most one per family
 */
record Lease(String podId, String link, List<Address> addresses, List<HostPort> ports) {
    private static final int LINK_DIGITS = 11;

    Lease {
        addresses = List.copyOf(addresses);
        ports = List.copyOf(ports);
    }

    /** An address and the length of its range's prefix. */
    record Address(InetAddress address, int prefix) {
        @Override
        public String toString() {
            return IpRange.text(address) + "/" + prefix;
        }

        /**
         * Reads what {@link #toString} writes.
         *
         * @throws IllegalArgumentException when it is no address of a range
         */
        static Address parse(String text) {
            int prefix = IpRange.parse(text).prefix();
            return new Address(InetAddress.ofLiteral(text.substring(0, text.indexOf('/'))), prefix);
        }

        IpRange range() {
            return IpRange.of(address, prefix);
        }

        boolean isIpv4() {
            return address instanceof Inet4Address;
        }
    }

    /** The name of a pod's link; the kernel allows 15 bytes. */
    static String linkOf(String podId) {
        return "veth" + podId.substring(0, Math.min(LINK_DIGITS, podId.length()));
    }

    Optional<InetAddress> ipv4() {
        return addresses.stream().filter(Address::isIpv4).map(Address::address).findFirst();
    }

    Optional<InetAddress> ipv6() {
        return addresses.stream().filter(each -> !each.isIpv4()).map(Address::address).findFirst();
    }

    /** Without prefix lengths, as the CRI tells them. */
    List<String> texts() {
        String[] texts = new String[addresses.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = IpRange.text(addresses.get(i).address());
        }
        return List.of(texts);
    }
}
