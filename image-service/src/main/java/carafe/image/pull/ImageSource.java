package carafe.image.pull;

import carafe.image.manifest.Descriptor;
import carafe.image.reference.Digest;
import carafe.image.unpack.LayerSource;
import java.io.InputStream;
import java.util.List;

/**
 * Where one image can be read. What it gives is checked by the reader, except that {@link #resolve}
 * names a digest that it has checked itself. Thread-safe. Failures are {@link
 * carafe.base.CarafeException}s.
 */
public interface ImageSource {
    /**
     * An index or manifest.
     *
     * @param digest of the content
     * @param mediaType what it is said to be; empty when nobody said
     * @param content owned by this record
     */
    @SuppressWarnings("ArrayRecordComponent") // megabytes; read once
    record Document(Digest digest, String mediaType, byte[] content) {}

    /** What the image's name means now. */
    Document resolve();

    /** A manifest or index that another document refers to. */
    byte[] manifest(Descriptor descriptor);

    /**
     * A blob's bytes. Reading ends with the size of the descriptor, or with an exception. Closing
     * it from another thread ends a blocked read.
     *
     * @param failed how often the reader found the content wrong before
     */
    InputStream blob(Descriptor descriptor, int failed);

    /** How often wrong content is worth reading, 1 or more. */
    int tries();

    /**
     * A layer's blob, which may come over several connections and be shared with others who want
     * it.
     *
     * @param failed how often the reader found the content wrong before
     */
    default LayerSource.Fetch layer(Descriptor descriptor, int failed) {
        return new LayerSource.Direct(() -> blob(descriptor, failed));
    }

    /** What came of these blobs is of no use: there is no room for it, or it is wrong. */
    default void giveUp(List<Descriptor> layers) {}
}
