package carafe.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Images and where they come from.
 *
 * @param certsDir one directory per registry
 * @param signaturePolicy may be missing
 * @param plainRegistries as references name them, with port
 * @param dockerConfig may be missing
 * @param credentialHelperDirs searched in this order
 * @param parallelLayers 0 for one more than there are processors, at least 3
 * @param pinned full names with tag
 */
public record ImagesSection(
        @Doc(
                        value =
                                "One directory per registry: mirrors in hosts.toml, CA and client certificates.",
                        live = true)
                Path certsDir,
        @Doc(
                        value =
                                "File that says which images may be used and who must have signed them; missing: all may.",
                        live = true)
                Path signaturePolicy,
        @Doc(
                        value =
                                "Registries spoken to without TLS, as [\"10.0.0.5:5000\"]; loopback ones always are.",
                        live = true)
                List<String> plainRegistries,
        @Doc(
                        value =
                                "Credentials for pulls that bring none, in the form of Docker's config.json.",
                        live = true)
                Path dockerConfig,
        @Doc(
                        value =
                                "Where the docker-credential-* programs are that docker_config names.",
                        live = true)
                List<Path> credentialHelperDirs,
        @Doc("Layers downloaded and unpacked at once, over all pulls; 0 chooses by processors.")
                int parallelLayers,
        @Doc(
                        "Keep the compressed blobs of layers after they are unpacked, as long as an image has them.")
                boolean keepBlobs,
        @Doc(
                        value =
                                "Images that kubelet's garbage collection must keep, by full name with tag.",
                        live = true)
                List<String> pinned) {
    public ImagesSection {
        plainRegistries = List.copyOf(plainRegistries);
        credentialHelperDirs = List.copyOf(credentialHelperDirs);
        pinned = List.copyOf(pinned);
    }

    static ImagesSection usual() {
        return new ImagesSection(
                Path.of("/etc/carafe/certs.d"),
                Path.of("/etc/carafe/signatures.toml"),
                List.of(),
                Path.of("/etc/carafe/docker-config.json"),
                List.of(Path.of("/usr/local/bin"), Path.of("/usr/bin")),
                0,
                false,
                List.of());
    }
}
