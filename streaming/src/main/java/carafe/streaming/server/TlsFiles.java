package carafe.streaming.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the server's identity is, as PEM.
 *
 * @param certificate the server's own, then those that vouch for it
 * @param key its private key, PKCS #8
 * @param clientCa who must have signed a client's certificate; empty = clients need none
 */
public record TlsFiles(Path certificate, Path key, Optional<Path> clientCa) {
    List<Path> all() {
        return Stream.concat(Stream.of(certificate, key), clientCa.stream()).toList();
    }
}
