package carafe.network.bridge;

import carafe.base.CarafeException;
import carafe.network.cni.AttachRequest;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A port of the node that leads into a pod.
 *
 * @param protocol tcp, udp or sctp
 * @param address of the node; absent = every one
 * @param family which family an "every address" is of, 4 or 6; 0 = both
 */
record HostPort(
        String protocol, int hostPort, int podPort, @Nullable InetAddress address, int family) {
    private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");
    private static final int MAX_PORT = 65_535;

    /**
     * @throws CarafeException.Invalid naming what is wrong
     */
    static HostPort of(AttachRequest.PortMapping asked) {
        if (!PROTOCOLS.contains(asked.protocol())) {
            throw new CarafeException.Invalid(
                    "host port %d: protocol \"%s\" is none of tcp, udp, sctp"
                            .formatted(asked.hostPort(), asked.protocol()));
        }
        check("host port", asked.hostPort());
        check("container port", asked.containerPort());
        Optional<InetAddress> address = address(asked);
        if (address.isEmpty()) {
            return new HostPort(asked.protocol(), asked.hostPort(), asked.containerPort(), null, 0);
        }
        int family = address.get() instanceof Inet4Address ? 4 : 6;
        return new HostPort(
                asked.protocol(),
                asked.hostPort(),
                asked.containerPort(),
                address.get().isAnyLocalAddress() ? null : address.get(),
                family);
    }

    private static Optional<InetAddress> address(AttachRequest.PortMapping asked) {
        if (asked.hostIp().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(asked.hostIp()));
        } catch (IllegalArgumentException e) {
            throw new CarafeException.Invalid(
                    "host port %d: \"%s\" is no address of the node"
                            .formatted(asked.hostPort(), asked.hostIp()),
                    e);
        }
    }

    private static void check(String what, int port) {
        if (port < 1 || port > MAX_PORT) {
            throw new CarafeException.Invalid("%s %d is not 1 to 65535".formatted(what, port));
        }
    }

    boolean hasIpv4() {
        return family != 6;
    }

    boolean hasIpv6() {
        return family != 4;
    }

    /** Whether one packet could mean both. */
    boolean collidesWith(HostPort other) {
        boolean sameFamily = (hasIpv4() && other.hasIpv4()) || (hasIpv6() && other.hasIpv6());
        return hostPort == other.hostPort
                && protocol.equals(other.protocol)
                && sameFamily
                && Objects.equals(address, other.address);
    }

    @Override
    public String toString() {
        String at = address == null ? "" : IpRange.text(address) + " ";
        return "%s%d/%s".formatted(at, hostPort, protocol);
    }
}
