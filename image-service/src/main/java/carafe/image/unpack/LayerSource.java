package carafe.image.unpack;

import java.io.IOException;
import java.io.InputStream;

/** Where one layer's compressed bytes come from. */
public interface LayerSource {
    /** What the bytes are said to be. */
    LayerDescriptor descriptor();

    /**
     * Begins to deliver the blob from its first byte. Called at most once per attempt, on a
     * platform thread, and only when the layer is not in the store. The stream is closed by the
     * caller, also early and from another thread: closing must end a blocked read.
     */
    InputStream open() throws IOException;
}
