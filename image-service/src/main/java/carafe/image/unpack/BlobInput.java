package carafe.image.unpack;

import carafe.base.CarafeException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The compressed bytes of a layer as a decoder sees them: counted against the promised size, and
 * hashed in passing. Used by the decoding thread only.
 */
final class BlobInput extends InputStream {
    private final LayerDescriptor layer;
    private final InputStream source;
    private final HashLane lane;
    private final ChunkPool pool;
    private Chunk pending;
    private volatile long count;

    BlobInput(LayerDescriptor layer, InputStream source, HashLane lane, ChunkPool pool)
            throws InterruptedException {
        this.layer = layer;
        this.source = source;
        this.lane = lane;
        this.pool = pool;
        this.pending = pool.take();
    }

    /** Bytes read so far; may be asked by any thread. */
    long count() {
        return count;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int read;
        try {
            read = source.read(into, offset, Math.min(length, pending.room()));
        } catch (IOException e) {
            throw new SourceFailed(e);
        }
        if (read < 0) {
            expectWhole();
            return -1;
        }
        keep(into, offset, read);
        return read;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    private void keep(byte[] bytes, int offset, int length) throws IOException {
        count += length;
        if (count > layer.sizeBytes()) {
            throw new CarafeException.Invalid(
                    "the blob is longer than the %d bytes that the manifest promises"
                            .formatted(layer.sizeBytes()));
        }
        System.arraycopy(bytes, offset, pending.data, pending.length, length);
        pending.length += length;
        if (pending.room() == 0) {
            lane.blob(pending);
            try {
                pending = pool.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    /**
     * Called when the decoder is done: nothing may follow, and everything promised must have come.
     */
    void expectEnd() throws IOException {
        if (read() >= 0) {
            throw new CarafeException.Invalid(
                    "there is something behind the end of the compressed data");
        }
        lane.blob(pending);
    }

    private void expectWhole() {
        if (count != layer.sizeBytes()) {
            throw new CarafeException.Unavailable(
                    "layer %s ended after %d of %d bytes"
                            .formatted(layer.digest(), count, layer.sizeBytes()));
        }
    }

    /** The bytes could not be read, in contrast to bytes that make no sense. */
    static final class SourceFailed extends IOException {
        private static final long serialVersionUID = 1L;

        SourceFailed(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
