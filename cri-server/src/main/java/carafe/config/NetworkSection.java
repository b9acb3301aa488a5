package carafe.config;

import carafe.network.bridge.BridgeSettings;
import carafe.network.bridge.IpRange;

/**
 * The network of pods.
 *
 * @param bridge also the name of the nftables table
 * @param bridgeIpv4 empty for none
 * @param bridgeIpv6 empty for none
 * @param bridgeMtu 0 for that of the node's default route
 */
public record NetworkSection(
        @Doc(
                        "Who makes pod networks: cni (plugins), bridge (Carafe's own), or auto: plugins once there is a configuration in cni.conf_dir, the bridge until then.")
                NetworkMode mode,
        @Doc("Name of Carafe's own bridge, and of its nftables table.") String bridge,
        @Doc(
                        "IPv4 range of pods on the bridge, unless kubelet announces one (pod CIDR); empty for no IPv4.")
                String bridgeIpv4,
        @Doc("IPv6 range of pods on the bridge, as bridge_ipv4; empty for no IPv6.")
                String bridgeIpv6,
        @Doc("Largest packet on the bridge in bytes; 0 for that of the node's default route.")
                int bridgeMtu) {
    private static final int SMALLEST_MTU = 1280;

    public NetworkSection {
        if (!bridge.matches(BridgeSettings.NAME)) {
            throw new IllegalArgumentException(
                    "bridge is \"%s\", must be at most 15 lower-case letters, digits and _"
                            .formatted(bridge));
        }
        check("bridge_ipv4", bridgeIpv4, IpFamily.IPV4);
        check("bridge_ipv6", bridgeIpv6, IpFamily.IPV6);
        if (bridgeIpv4.isEmpty() && bridgeIpv6.isEmpty()) {
            throw new IllegalArgumentException("bridge_ipv4 and bridge_ipv6 are both empty");
        }
        if (bridgeMtu != 0 && bridgeMtu < SMALLEST_MTU) {
            throw new IllegalArgumentException(
                    "bridge_mtu is %d, must be 0 or at least %d"
                            .formatted(bridgeMtu, SMALLEST_MTU));
        }
    }

    private enum IpFamily {
        IPV4,
        IPV6
    }

    private static void check(String key, String text, IpFamily family) {
        if (text.isEmpty()) {
            return;
        }
        boolean fits;
        try {
            fits = IpRange.parse(text).isIpv4() == (family == IpFamily.IPV4);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "%s: \"%s\" is a range of the other family".formatted(key, text));
        }
    }

    static NetworkSection usual() {
        return new NetworkSection(NetworkMode.AUTO, "carafe0", "10.87.0.0/16", "fdca:fa87::/64", 0);
    }
}
