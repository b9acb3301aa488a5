package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.image.snapshot.Digests;
import carafe.image.snapshot.LayerName;
import org.jspecify.annotations.Nullable;

/**
 * A layer as its manifest and config name it; nothing of it is believed before the content proves
 * it.
 *
 * @param compression of the blob
 * @param digest of the blob as it travels
 * @param sizeBytes of the blob, 0 or more
 * @param diffId digest of the uncompressed tar
 * @param chainId identity with everything below, see {@link ChainIds}
 * @param file name of the one file that the blob is, of an artifact: the diff id is an identity
 *     only then; null for a tar
 */
public record LayerDescriptor(
        Compression compression,
        String digest,
        long sizeBytes,
        String diffId,
        String chainId,
        @Nullable String file) {
    /** A tar. */
    public LayerDescriptor(
            Compression compression, String digest, long sizeBytes, String diffId, String chainId) {
        this(compression, digest, sizeBytes, diffId, chainId, null);
    }

    /** What it is found by. */
    public LayerName name() {
        return new LayerName(chainId, diffId, digest);
    }

    /**
     * @throws CarafeException.Invalid when a digest or the size is malformed
     */
    public LayerDescriptor {
        Digests.checked("layer digest", digest);
        Digests.checked("layer diff id", diffId);
        Digests.checked("layer chain id", chainId);
        if (sizeBytes < 0) {
            throw new CarafeException.Invalid("layer " + digest + " has size " + sizeBytes);
        }
    }
}
