package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.LayerStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Makes the layers of images present. Layers are read side by side, each into its own directory;
 * only the finishing of a layer waits for the layers below it. A layer that another call is
 * unpacking is waited for, not unpacked twice. Thread-safe; one per daemon.
 */
public final class ImageUnpacker {
    private final LayerStore store;
    private final UnpackLimits limits;
    private final Decoders decoders;
    private final Semaphore slots;
    private final LayerFlights flights = new LayerFlights();

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
        if (!chainIds.stream().allMatch(store::has)) {
            return new ImageRun(store, new Budget(limits, decoders), until)
                    .run(this::unpackOne, bottomFirst);
        }
        try {
            return store.lease(chainIds);
        } catch (CarafeException.NotFound e) {
            // One was collected since we looked.
            return new ImageRun(store, new Budget(limits, decoders), until)
                    .run(this::unpackOne, bottomFirst);
        }
    }

    private void unpackOne(LayerSource source, ImageRun.Place place) throws Exception {
        String chainId = source.descriptor().chainId();
        while (true) {
            var present = store.leaseIfPresent(chainId);
            if (present.isPresent()) {
                place.present(present.get());
                source.present();
                return;
            }
            if (flights.begin(chainId, place.until())) {
                try {
                    place.make(source, slots, limits);
                    return;
                } finally {
                    flights.end(chainId);
                }
            }
        }
    }
}
