package carafe.image.unpack;

import carafe.base.CarafeException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one layer: one decodes, one hashes what went in and what came out, and the caller
 * takes the tar from {@link #next()}. Owns the source, both threads and all buffers; {@link
 * #close()} ends them whatever happened.
 */
final class LayerPipeline implements ChunkSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LayerPipeline.class);
    private static final int TAR_CHUNKS = 8;
    private static final int BLOB_CHUNKS = 4;
    private static final long JOIN_MILLIS = 10_000;

    private final LayerDescriptor layer;
    private final InputStream source;
    private final Budget budget;
    private final Until until;
    private final ChunkPool tarPool;
    private final ChunkPool blobPool;
    private final BlockingQueue<Piece> ready = new ArrayBlockingQueue<>(TAR_CHUNKS + 1);
    private final HashLane lane;
    private final Thread decoding;
    private @Nullable Chunk current;
    private boolean ended;

    LayerPipeline(LayerDescriptor layer, InputStream source, Budget budget, Until until) {
        this.layer = layer;
        this.source = source;
        this.budget = budget;
        this.until = until;
        this.tarPool = new ChunkPool(TAR_CHUNKS, budget.reserve());
        this.blobPool = new ChunkPool(BLOB_CHUNKS, budget.reserve());
        String name = layer.digest().substring(0, Sha256.PREFIX.length() + 12);
        this.lane = new HashLane("hash " + name, TAR_CHUNKS + BLOB_CHUNKS);
        this.decoding = Thread.ofPlatform().daemon().name("decode " + name).unstarted(this::decode);
    }

    private sealed interface Piece {
        record Data(Chunk chunk) implements Piece {}

        record End() implements Piece {}

        record Failed(Throwable why) implements Piece {}
    }

    void start() {
        lane.start();
        decoding.start();
    }

    /**
     * The next piece of the tar.
     *
     * @throws CarafeException.Invalid when the blob is damaged
     * @throws CarafeException.Exhausted when it expands beyond the limits
     * @throws CarafeException.Unavailable when the source failed or ended early
     * @throws CarafeException.Deadline when the time is over
     */
    @Override
    public @Nullable Chunk next() throws InterruptedException {
        if (current != null) {
            lane.diff(current);
            current = null;
        }
        if (ended) {
            return null;
        }
        Piece piece = ready.poll(until.left(), TimeUnit.NANOSECONDS);
        return switch (piece) {
            case null -> throw until.passed();
            case Piece.Data(Chunk chunk) -> {
                current = chunk;
                yield chunk;
            }
            case Piece.End() -> {
                ended = true;
                yield null;
            }
            case Piece.Failed(Throwable why) -> throw failed(why);
        };
    }

    private RuntimeException failed(Throwable why) {
        return switch (why) {
            case CarafeException e -> e;
            case IOException e ->
                    new CarafeException.Unavailable(
                            "read layer %s: %s".formatted(layer.digest(), e), e);
            default ->
                    new CarafeException.Internal(
                            "decode layer %s: %s".formatted(layer.digest(), why), why);
        };
    }

    /**
     * Compares both digests with what was promised; call it once {@link #next()} has answered null.
     *
     * @throws CarafeException.Invalid when one differs
     */
    void verify() throws InterruptedException {
        lane.finish();
        String blob = lane.blobDigest();
        if (!blob.equals(layer.digest())) {
            throw new CarafeException.Invalid("the blob received has digest " + blob);
        }
        String diff = lane.diffDigest();
        if (layer.file() == null && !diff.equals(layer.diffId())) {
            throw new CarafeException.Invalid(
                    "the image's config promises the tar %s, the blob holds %s"
                            .formatted(layer.diffId(), diff));
        }
    }

    private void decode() {
        try (InputStream open = source) {
            BlobInput input = new BlobInput(layer, open, lane, blobPool);
            try (Decoder decoder = budget.decoders().open(layer.compression(), input)) {
                pump(decoder, input);
            }
            input.expectEnd();
            ready.put(new Piece.End());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            // The queue has one place more than there are chunks, so this never waits.
            ready.add(new Piece.Failed(e));
        }
    }

    private void pump(Decoder decoder, BlobInput input) throws IOException, InterruptedException {
        long total = 0;
        while (true) {
            Chunk chunk = tarPool.take();
            int read = 0;
            while (chunk.room() > 0 && read >= 0) {
                read = decoder.read(chunk.data, chunk.length, chunk.room());
                chunk.length += Math.max(0, read);
            }
            if (chunk.length > 0) {
                total += chunk.length;
                budget.charge(chunk.length, total, input.count());
                ready.put(new Piece.Data(chunk));
            }
            if (read < 0) {
                return;
            }
        }
    }

    @Override
    public void close() {
        decoding.interrupt();
        lane.thread().interrupt();
        try {
            source.close();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("A layer's source did not close cleanly");
        }
        boolean decodingEnded = join(decoding);
        if (join(lane.thread()) && decodingEnded) {
            tarPool.close();
            blobPool.close();
        }
    }

    /** Whether it has ended. */
    private static boolean join(Thread thread) {
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (thread.isAlive()) {
            LOG.atWarn()
                    .addKeyValue("thread", thread.getName())
                    .log("A thread of a layer ignores its end");
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
