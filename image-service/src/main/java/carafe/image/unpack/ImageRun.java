package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.image.snapshot.Failures;
import carafe.image.snapshot.Layer;
import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.LayerStore;
import carafe.linux.SyscallException;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of {@link ImageUnpacker#unpack}: a platform thread per layer, because unpacking blocks
 * in the kernel. The first failure ends them all. Owns its threads, leases and directory handles.
 */
final class ImageRun {
    private static final Logger LOG = LoggerFactory.getLogger(ImageRun.class);
    private static final long STOP_MILLIS = 30_000;

    private final LayerStore store;
    private final Budget budget;
    private final Until until;
    private final FinishedLayers finished;
    private final List<Place> places = new ArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private int running;

    /**
     * @param layers how many the image has
     */
    ImageRun(LayerStore store, Budget budget, Until until, int layers) {
        this.finished = new FinishedLayers(layers, until);
        this.store = store;
        this.budget = budget;
        this.until = until;
    }

    /** How one layer is made present, at its place in the image. */
    @FunctionalInterface
    interface Work {
        void run(LayerSource source, Place place) throws Exception;
    }

    LayerLease run(Work work, List<LayerSource> bottomFirst) {
        for (LayerSource source : bottomFirst) {
            Place place = new Place(places.size());
            place.thread =
                    Thread.ofPlatform()
                            .daemon()
                            .name("unpack " + source.descriptor().digest().substring(0, 19))
                            .unstarted(() -> work(work, source, place));
            places.add(place);
        }
        running = places.size();
        places.forEach(Place::start);
        try {
            await();
            return store.lease(places.stream().map(Place::id).toList());
        } finally {
            stop();
        }
    }

    private void work(Work work, LayerSource source, Place place) {
        try {
            work.run(source, place);
            oneDone();
        } catch (Throwable e) {
            ended.completeExceptionally(e);
        }
    }

    private synchronized void oneDone() {
        running--;
        if (running == 0) {
            ended.complete(null);
        }
    }

    private void await() {
        try {
            ended.get(until.left(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw until.passed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Deadline(until.what() + " was interrupted", e);
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    private RuntimeException cause(ExecutionException e) {
        return switch (e.getCause()) {
            case CarafeException known -> known;
            case SyscallException disk -> Failures.of(until.what(), disk);
            case IOException source ->
                    new CarafeException.Unavailable(until.what() + ": " + source, source);
            case null, default ->
                    new CarafeException.Internal(until.what() + ": " + e.getCause(), e);
        };
    }

    /**
     * Ends what still runs, then gives back what the places hold. A layer looks into the ones below
     * it until its own thread has ended, so no directory is closed before all threads have.
     */
    private void stop() {
        places.forEach(place -> place.thread().interrupt());
        boolean interrupted = Thread.interrupted();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
        while (places.stream().anyMatch(Place::works) && System.nanoTime() < end) {
            interrupted |= !joined(TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
        }
        if (places.stream().anyMatch(Place::works)) {
            LOG.atWarn()
                    .addKeyValue("what", until.what())
                    .log("A layer is still being cleaned up; what it uses is given back later");
            Thread.ofVirtual().name("unpack clean-up").start(this::closeAtLast);
        } else {
            places.forEach(Place::close);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the threads; false when interrupted meanwhile. */
    private boolean joined(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            for (Place place : places) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                place.thread().join(Math.max(1, left));
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** A thread stuck in the kernel ends when the disk answers; until then its places stay open. */
    private void closeAtLast() {
        while (places.stream().anyMatch(Place::works)) {
            if (!joined(STOP_MILLIS)) {
                return;
            }
        }
        places.forEach(Place::close);
    }

    /** Where in the image a layer is, and what has become of it. Used by the layer's thread. */
    final class Place {
        private final int index;
        private @Nullable Thread thread;
        private @Nullable LayerLease lease;

        private Place(int index) {
            this.index = index;
        }

        private Thread thread() {
            Thread own = thread;
            if (own == null) {
                throw new IllegalStateException("no thread yet");
            }
            return own;
        }

        private void start() {
            thread().start();
        }

        private boolean works() {
            return thread().isAlive();
        }

        Until until() {
            return until;
        }

        /** The layer was in the store. */
        void present(LayerLease found) throws IOException {
            lease = found;
            Layer layer = found.bottomFirst().getFirst();
            finished.complete(
                    index,
                    new FinishedLayers.Finished(
                            RootDir.open(store.calls(), layer.fs()),
                            layer.opaqueRoot(),
                            layer.inheritsRoot()));
        }

        /** What the layer in the store is found by, once it is there. */
        private String id() {
            LayerLease held = lease;
            if (held == null) {
                throw new IllegalStateException("no layer yet");
            }
            return held.bottomFirst().getFirst().id();
        }

        /**
         * Unpacks the layer.
         *
         * @param content ended as soon as it is clear that nobody else can use what comes of it, or
         *     that it is in the store; before the blob is given back, so that others can join it
         */
        void make(
                ImageUnpacker.Blob blob,
                LayerFlights.Turn content,
                Semaphore slots,
                UnpackLimits limits)
                throws Exception {
            LayerSource.Fetch fetch = blob.fetch();
            try (UnpackLayer layer = read(blob.descriptor(), fetch, new Reading(slots, limits))) {
                try {
                    if (layer.needsLower()) {
                        content.close();
                    }
                    finish(layer);
                    content.close();
                    fetch.used();
                } catch (Throwable e) {
                    // Told before the directory goes, see finish().
                    ended.completeExceptionally(e);
                    throw e;
                }
            }
        }

        private record Reading(Semaphore slots, UnpackLimits limits) {}

        private UnpackLayer read(
                LayerDescriptor descriptor, LayerSource.Fetch fetch, Reading reading)
                throws IOException, InterruptedException {
            Semaphore slots = reading.slots();
            if (!slots.tryAcquire(until.left(), TimeUnit.NANOSECONDS)) {
                throw until.passed();
            }
            UnpackLayer layer = null;
            boolean done = false;
            try {
                layer = new UnpackLayer(descriptor, store.calls(), store.stage(), reading.limits());
                layer.read(fetch.open(), budget, until);
                done = true;
                return layer;
            } finally {
                slots.release();
                if (!done && layer != null) {
                    layer.close();
                }
            }
        }

        private void finish(UnpackLayer layer)
                throws IOException, InterruptedException, ExecutionException {
            layer.settle(
                    layer.needsLower()
                            ? finished.below(index, layer.impliesRoot())
                            : SettleLayer.Below.NOTHING);
            if (ended.isCompletedExceptionally()) {
                // A lower layer may have been deleted while this one looked into it.
                throw new InterruptedException("another layer failed");
            }
            finished.complete(
                    index,
                    new FinishedLayers.Finished(
                            layer.root().descend(RawNames.of(".")),
                            layer.opaqueRoot(),
                            layer.inheritsRoot()));
            lease = layer.publish();
        }

        private void close() {
            LayerLease held = lease;
            if (held != null) {
                held.close();
            }
            finished.close(index);
        }
    }
}
