package carafe.image.unpack;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** A fixed number of chunks: who wants one waits until one is given back. Thread-safe. */
final class ChunkPool {
    private final BlockingQueue<Chunk> free;

    ChunkPool(int chunks) {
        free = new ArrayBlockingQueue<>(chunks);
        for (int i = 0; i < chunks; i++) {
            free.add(new Chunk(free));
        }
    }

    Chunk take() throws InterruptedException {
        return free.take();
    }
}
