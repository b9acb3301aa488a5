package carafe.network.bridge;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How the built-in network is.
 *
 * @param name of the bridge and of the nftables table
 * @param ipv4 absent = pods have no IPv4 address
 * @param ipv6 absent = pods have no IPv6 address
 * @param mtu 0 = that of the link of the node's default route
 * @param records directory for leases; made when absent
 */
public record BridgeSettings(
        String name, Optional<IpRange> ipv4, Optional<IpRange> ipv6, int mtu, Path records) {
    /** What a bridge may be called: it is also an identifier of nftables. */
    public static final String NAME = "[a-z][a-z0-9_]{0,14}";

    public BridgeSettings {
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException(
                    "\"%s\" cannot be the bridge's name; write at most 15 lower-case letters, digits and _"
                            .formatted(name));
        }
    }

    /** With other ranges where there are others. */
    List<IpRange> ranges(Optional<IpRange> other4, Optional<IpRange> other6) {
        return java.util.stream.Stream.of(other4.or(() -> ipv4), other6.or(() -> ipv6))
                .flatMap(Optional::stream)
                .toList();
    }
}
