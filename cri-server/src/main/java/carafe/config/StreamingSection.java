package carafe.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The server for streams.
 *
 * @param address of the loopback interface
 * @param idle how long a connection may be silent in both directions
 * @param tlsCert empty for no encryption
 * @param tlsKey empty if and only if tlsCert is
 * @param tlsClientCa empty for clients without certificates
 */
public record StreamingSection(
        @Doc("Loopback address and port; port 0 takes any free one.") InetSocketAddress address,
        @Doc("A connection on which nothing was said for that long is closed.") Duration idle,
        @Doc(
                        "Certificate chain in PEM, the server's own first; empty means no TLS. Changed files are seen.")
                Path tlsCert,
        @Doc("Its private key in PEM (PKCS #8). Changed files are seen.") Path tlsKey,
        @Doc(
                        "CA certificates in PEM: clients must show a certificate of theirs; empty asks for none.")
                Path tlsClientCa) {
    public StreamingSection {
        if (!address.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "address is %s, must be a loopback one".formatted(address));
        }
        if (idle.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("idle is %s, must be 1s or more".formatted(idle));
        }
        if (isSet(tlsCert) != isSet(tlsKey)) {
            throw new IllegalArgumentException(
                    "%s is set and %s is not; set both or none"
                            .formatted(
                                    isSet(tlsCert) ? "tls_cert" : "tls_key",
                                    isSet(tlsCert) ? "tls_key" : "tls_cert"));
        }
        if (isSet(tlsClientCa) && !isSet(tlsCert)) {
            throw new IllegalArgumentException(
                    "tls_client_ca is set and tls_cert is not; clients can show a certificate over TLS only");
        }
    }

    static StreamingSection usual() {
        return new StreamingSection(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                Duration.ofHours(4),
                Path.of(""),
                Path.of(""),
                Path.of(""));
    }

    private static boolean isSet(Path path) {
        return !path.toString().isEmpty();
    }
}
