package carafe.image.unpack;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The memory of an image's chunks, handed from a layer that is done to the next one: otherwise
 * every layer would leave {@link Chunk#BYTES} times its chunks in the old generation. Holds at most
 * what the layers read at one time had. Thread-safe; goes with its image.
 */
final class ChunkReserve {
    private final Queue<byte[]> unused = new ConcurrentLinkedQueue<>();

    byte[] take() {
        byte[] bytes = unused.poll();
        return bytes == null ? new byte[Chunk.BYTES] : bytes;
    }

    /**
     * @param bytes no longer used by anybody
     */
    void giveBack(byte[] bytes) {
        unused.add(bytes);
    }
}
