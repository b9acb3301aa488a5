package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.image.snapshot.Digests;

/**
 * A layer as its manifest and config name it; nothing of it is believed before the content proves
 * it.
 *
 * @param compression of the blob
 * @param digest of the blob as it travels
 * @param sizeBytes of the blob, 0 or more
 * @param diffId digest of the uncompressed tar
 * @param chainId identity with everything below, see {@link ChainIds}
 */
public record LayerDescriptor(
        Compression compression, String digest, long sizeBytes, String diffId, String chainId) {
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
