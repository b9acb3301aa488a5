package carafe.image.unpack;

import carafe.base.CarafeException;
import org.jspecify.annotations.Nullable;

/** Reads blocks and bodies across the pieces of a tar. Not thread-safe. */
final class TarInput {
    private final ChunkSource source;
    private @Nullable Chunk chunk;
    private int position;

    TarInput(ChunkSource source) {
        this.source = source;
    }

    /** Takes a part of an entry's content; the array is only lent. */
    @FunctionalInterface
    interface Sink {
        void take(byte[] data, int offset, int length) throws java.io.IOException;

        /** Drops it. */
        Sink NOTHING = (_, _, _) -> {};
    }

    /**
     * Fills the whole block.
     *
     * @return false when the tar ends right here
     * @throws CarafeException.Invalid when it ends inside the block
     */
    boolean block(byte[] block) throws InterruptedException {
        Chunk piece = piece();
        if (piece == null) {
            return false;
        }
        int filled = 0;
        while (filled < block.length) {
            if (piece == null) {
                throw cut();
            }
            int part = Math.min(block.length - filled, piece.length - position);
            System.arraycopy(piece.data, position, block, filled, part);
            position += part;
            filled += part;
            if (filled < block.length) {
                piece = piece();
            }
        }
        return true;
    }

    /**
     * Hands the next bytes to the sink.
     *
     * @throws CarafeException.Invalid when the tar ends before
     */
    void forward(long bytes, Sink sink) throws java.io.IOException, InterruptedException {
        long rest = bytes;
        while (rest > 0) {
            Chunk piece = piece();
            if (piece == null) {
                throw cut();
            }
            int part = (int) Math.min(rest, piece.length - position);
            sink.take(piece.data, position, part);
            position += part;
            rest -= part;
        }
    }

    /** Reads to the end of the stream, so that all of it is decoded and hashed. */
    void drain() throws InterruptedException {
        while (piece() != null) {
            chunk = null;
        }
    }

    private @Nullable Chunk piece() throws InterruptedException {
        if (chunk == null || position == chunk.length) {
            chunk = source.next();
            position = 0;
        }
        return chunk;
    }

    private static CarafeException cut() {
        return new CarafeException.Invalid("the tar ends in the middle of an entry");
    }
}
