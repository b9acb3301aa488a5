package carafe.image.unpack;

import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Hashes both streams of a layer on one thread of its own, so that decoding stays the slowest step.
 * Chunks of one stream come from one thread, in order. Started by {@link #start()}, ended by {@link
 * #finish()} or by an interrupt.
 */
final class HashLane implements Runnable {
    private final BlockingQueue<Work> queue;
    private final MessageDigest blob = Sha256.create();
    private final MessageDigest diff = Sha256.create();
    private final Thread thread;

    /**
     * @param chunks how many chunks exist in all, so that the queue is never full
     */
    HashLane(String name, int chunks) {
        queue = new ArrayBlockingQueue<>(chunks + 1);
        thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
    }

    private record Work(@Nullable Chunk chunk, MessageDigest digest) {}

    void start() {
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    /** The next piece of the compressed blob; the chunk is given away. */
    void blob(Chunk chunk) {
        queue.add(new Work(chunk, blob));
    }

    /** The next piece of the uncompressed tar; the chunk is given away. */
    void diff(Chunk chunk) {
        queue.add(new Work(chunk, diff));
    }

    /** Waits until everything is hashed. */
    void finish() throws InterruptedException {
        queue.add(new Work(null, diff));
        thread.join();
    }

    /** After {@link #finish()}. */
    String blobDigest() {
        return Sha256.finish(blob);
    }

    /** After {@link #finish()}. */
    String diffDigest() {
        return Sha256.finish(diff);
    }

    @Override
    public void run() {
        try {
            while (true) {
                Work work = queue.take();
                Chunk chunk = work.chunk();
                if (chunk == null) {
                    return;
                }
                work.digest().update(chunk.data, 0, chunk.length);
                chunk.release();
            }
        } catch (InterruptedException e) {
            // The layer was given up; its owner interrupts and joins this thread.
            Thread.currentThread().interrupt();
        }
    }
}
