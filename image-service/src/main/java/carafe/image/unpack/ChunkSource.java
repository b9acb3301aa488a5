package carafe.image.unpack;

import org.jspecify.annotations.Nullable;

/** Pieces of an uncompressed tar, in order. */
@FunctionalInterface
interface ChunkSource {
    /**
     * The next piece, at least one byte; the previous one must not be used any more. Null at the
     * end.
     */
    @Nullable Chunk next() throws InterruptedException;
}
