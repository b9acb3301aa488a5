package carafe.image.registry;

import java.nio.file.Path;
import java.util.List;

/**
 * What identifies us to a host that asks for a certificate.
 *
 * @param certificate PEM file with the certificate, then those of its issuers
 * @param key PEM file with its private key; may be the same file
 */
public record ClientKey(Path certificate, Path key) {
    List<Path> files() {
        return List.of(certificate, key);
    }
}
