package carafe.image.local;

import carafe.image.credential.NodeCredentials;
import carafe.image.download.DownloadLimits;
import carafe.image.pull.PullImage;
import carafe.image.registry.Proxies;
import carafe.image.registry.TransferLimits;
import carafe.image.snapshot.WritableLimit;
import carafe.image.unpack.UnpackLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * How the image service is set up.
 *
 * @param root directory that holds {@code images}, {@code layers} and {@code snapshots}
 * @param certsDir directory with one directory per registry, see docs/images.md; may be missing
 * @param signaturePolicy file that says which images may be used, see docs/image-store.md; may be
 *     missing
 * @param plainRegistries registries beside loopback ones that are spoken to without TLS, as
 *     references name them
 * @param credentials for callers that bring none
 * @param proxies how registries are reached
 * @param parallelLayers how many layers are downloaded and unpacked at a time, over all pulls
 * @param keepBlobs whether blobs stay after their layers were unpacked, while an image has them
 * @param pinned full tags of images that garbage collection must keep
 * @param transfer how registries are tried
 * @param downloads what blobs may cost on their way
 * @param pull how long images may take
 * @param unpack what layers may cost
 * @param writable what containers may write
 */
public record ImagesConfig(
        Path root,
        Path certsDir,
        Path signaturePolicy,
        Set<String> plainRegistries,
        NodeCredentials credentials,
        Proxies proxies,
        int parallelLayers,
        boolean keepBlobs,
        Set<String> pinned,
        TransferLimits transfer,
        DownloadLimits downloads,
        PullImage.Limits pull,
        UnpackLimits unpack,
        WritableLimit writable) {
    public ImagesConfig {
        plainRegistries = Set.copyOf(plainRegistries);
        pinned = Set.copyOf(pinned);
        if (parallelLayers < 1) {
            throw new IllegalArgumentException("parallelLayers must be 1 or more");
        }
    }

    /**
     * The usual values: registries in {@code /etc/carafe/certs.d}, one layer more at a time than
     * there are processors but at least 3, an image within 6 hours, layers of a failed pull kept
     * for 5 minutes.
     */
    public static ImagesConfig standard(Path root) {
        return new ImagesConfig(
                root,
                Path.of("/etc/carafe/certs.d"),
                Path.of("/etc/carafe/signatures.toml"),
                Set.of(),
                NodeCredentials.NONE,
                Proxies.NONE,
                Math.max(3, Runtime.getRuntime().availableProcessors() + 1),
                false,
                Set.of(),
                TransferLimits.standard(),
                DownloadLimits.standard(),
                new PullImage.Limits(Duration.ofHours(6), Duration.ofMinutes(5)),
                UnpackLimits.standard(),
                WritableLimit.NONE);
    }
}
