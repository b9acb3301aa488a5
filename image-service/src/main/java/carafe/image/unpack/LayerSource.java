package carafe.image.unpack;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/** Where one layer's compressed bytes come from. */
public interface LayerSource {
    /** What the bytes are said to be. */
    LayerDescriptor descriptor();

    /**
     * Begins to fetch the blob, before it is its turn to be unpacked. Called only when the layer is
     * not in the store.
     */
    Fetch fetch();

    /** Told when the layer is in the store already, and will not be fetched. */
    default void present() {}

    /** A blob that is wanted; close it when it is not any more. */
    interface Fetch extends AutoCloseable {
        /**
         * Delivers the blob from its first byte. Called at most once, on a platform thread. The
         * stream is closed by the caller, also early and from another thread: closing must end a
         * blocked read.
         */
        InputStream open() throws IOException;

        /** How many bytes are here by now, as far as that is known. */
        default long bytes() {
            return 0;
        }

        /** The content was right, and nobody needs the blob again. */
        void used();

        @Override
        void close();
    }

    /**
     * A blob that needs no fetching.
     *
     * @param opener called when it is opened
     */
    record Direct(Supplier<InputStream> opener) implements Fetch {
        @Override
        public InputStream open() {
            return opener.get();
        }

        @Override
        public void used() {}

        @Override
        public void close() {}
    }
}
