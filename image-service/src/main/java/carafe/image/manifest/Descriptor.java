package carafe.image.manifest;

import carafe.image.reference.Digest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one document says about another blob. Its {@code urls}, if any, were dropped unread.
 *
 * @param mediaType of the blob
 * @param digest of the blob's bytes
 * @param sizeBytes of the blob, 0 to 2^53
 * @param platform what an index says the blob is for; null when it does not
 * @param annotations free text by the author; never names anything on this node
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long sizeBytes,
        @Nullable Platform platform,
        Map<String, String> annotations) {
    public Descriptor {
        annotations = Map.copyOf(annotations);
    }

    /** A descriptor that says nothing but what the blob is. */
    public static Descriptor of(String mediaType, Digest digest, long sizeBytes) {
        return new Descriptor(mediaType, digest, sizeBytes, null, Map.of());
    }
}
