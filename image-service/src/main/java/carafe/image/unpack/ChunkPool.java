package carafe.image.unpack;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A limited number of chunks, made when first wanted: who wants one more waits until one is given
 * back. Thread-safe.
 */
final class ChunkPool {
    private final int most;
    private final ChunkReserve reserve;
    private final BlockingQueue<Chunk> free;
    private final List<Chunk> made;

    ChunkPool(int most, ChunkReserve reserve) {
        this.most = most;
        this.reserve = reserve;
        this.free = new ArrayBlockingQueue<>(most);
        this.made = new ArrayList<>(most);
    }

    Chunk take() throws InterruptedException {
        Chunk chunk = free.poll();
        if (chunk == null) {
            chunk = make();
        }
        return chunk == null ? free.take() : chunk;
    }

    private synchronized @Nullable Chunk make() {
        if (made.size() == most) {
            return null;
        }
        Chunk chunk = new Chunk(reserve.take(), free);
        made.add(chunk);
        return chunk;
    }

    /** The memory of all chunks goes back; nobody may use one any more. */
    synchronized void close() {
        made.forEach(chunk -> reserve.giveBack(chunk.data));
        made.clear();
    }
}
