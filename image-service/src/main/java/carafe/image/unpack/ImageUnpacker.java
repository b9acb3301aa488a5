package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.LayerStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Makes the layers of images present. Layers are read side by side, each into its own directory;
 * only the finishing of a layer waits for the layers below it, and only where it looks into them. A
 * layer that does not is unpacked once for all images that have it, at whatever place; others once
 * for each chain. What another call is unpacking is waited for, not unpacked twice. Thread-safe;
 * one per daemon.
 */
public final class ImageUnpacker {
    private final LayerStore store;
    private final UnpackLimits limits;
    private final Decoders decoders;
    private final Semaphore slots;
    private final LayerFlights chains = new LayerFlights();
    private final LayerFlights contents = new LayerFlights();

    /**
     * @param parallelLayers how many layers may be read at a time, over all images
     */
    public ImageUnpacker(LayerStore store, UnpackLimits limits, int parallelLayers) {
        this(store, limits, parallelLayers, Decoders.jdk());
    }

    /** As the other, decoding with these. */
    public ImageUnpacker(
            LayerStore store, UnpackLimits limits, int parallelLayers, Decoders decoders) {
        this.decoders = decoders;
        this.store = store;
        this.limits = limits;
        this.slots = new Semaphore(parallelLayers, true);
    }

    /**
     * Makes all layers present, verified and durable. Sources of layers that are there already are
     * not opened. When this fails, what was finished stays until the next collection, so that a
     * second try goes on from there; nothing unfinished stays.
     *
     * @param bottomFirst the image's layers, the lowest first
     * @return a lease on all of them, to be closed when the image is recorded
     * @throws CarafeException.Invalid when there are no layers, the chain ids do not follow from
     *     the diff ids, or a layer is not what its descriptor says
     * @throws CarafeException.Exhausted when a limit is passed or the disk is full
     * @throws CarafeException.Unavailable when a source failed or ended early
     * @throws CarafeException.Deadline when the time is over or the thread was interrupted
     */
    public LayerLease unpack(List<LayerSource> bottomFirst, Duration deadline) {
        List<LayerDescriptor> layers = bottomFirst.stream().map(LayerSource::descriptor).toList();
        if (layers.isEmpty()) {
            throw new CarafeException.Invalid("an image without layers has nothing to run");
        }
        List<String> chainIds = ChainIds.of(layers.stream().map(LayerDescriptor::diffId).toList());
        if (!chainIds.equals(layers.stream().map(LayerDescriptor::chainId).toList())) {
            throw new CarafeException.Invalid("the chain ids do not follow from the diff ids");
        }
        Until until = Until.in("unpack " + layers.getLast().chainId(), deadline);
        Optional<LayerLease> present =
                store.leaseAll(layers.stream().map(LayerDescriptor::name).toList());
        return present.isPresent()
                ? present.get()
                : new ImageRun(store, new Budget(limits, decoders), until, layers.size())
                        .run(this::unpackOne, bottomFirst);
    }

    private void unpackOne(LayerSource source, ImageRun.Place place) throws Exception {
        while (!isPresent(source, place)) {
            LayerFlights.Turn chain = chains.begin(source.descriptor().chainId(), place.until());
            if (chain != null) {
                try (chain) {
                    make(source, place);
                    return;
                }
            }
        }
    }

    private boolean isPresent(LayerSource source, ImageRun.Place place) throws IOException {
        Optional<LayerLease> present = store.leaseAll(List.of(source.descriptor().name()));
        if (present.isEmpty()) {
            return false;
        }
        place.present(present.get());
        source.present();
        return true;
    }

    /**
     * Unpacks the layer, or waits for who unpacks the same blob for another chain. Its blob is
     * joined before waiting: if the other's layer is of no use here, the blob comes once all the
     * same.
     */
    private void make(LayerSource source, ImageRun.Place place) throws Exception {
        try (Blob blob = new Blob(source)) {
            String diffId = source.descriptor().diffId();
            while (!isPresent(source, place)) {
                LayerFlights.Turn content = contents.begin(diffId, place.until(), blob::join);
                if (content != null) {
                    try (content) {
                        if (!isPresent(source, place)) {
                            place.make(blob, content, slots, limits);
                        }
                        return;
                    }
                }
            }
        }
    }

    /** A layer's blob, fetched once it is wanted. Used by one thread. */
    static final class Blob implements AutoCloseable {
        private final LayerSource source;
        private LayerSource.@Nullable Fetch fetch;

        Blob(LayerSource source) {
            this.source = source;
        }

        LayerDescriptor descriptor() {
            return source.descriptor();
        }

        void join() {
            fetch();
        }

        LayerSource.Fetch fetch() {
            LayerSource.Fetch wanted = fetch == null ? source.fetch() : fetch;
            fetch = wanted;
            return wanted;
        }

        @Override
        public void close() {
            LayerSource.Fetch wanted = fetch;
            if (wanted != null) {
                wanted.close();
            }
        }
    }
}
