package carafe.image.unpack;

import java.util.concurrent.BlockingQueue;

/**
 * A piece of a stream on its way through the threads of one layer. One thread has it at a time; the
 * last one gives it back to the pool it came from.
 */
final class Chunk {
    static final int BYTES = 128 * 1024;

    final byte[] data;
    int length;
    private final BlockingQueue<Chunk> pool;

    /**
     * @param data {@link #BYTES} long
     */
    Chunk(byte[] data, BlockingQueue<Chunk> pool) {
        this.data = data;
        this.pool = pool;
    }

    int room() {
        return BYTES - length;
    }

    /** Back to the pool, which has room for all its chunks. */
    void release() {
        length = 0;
        pool.add(this);
    }
}
