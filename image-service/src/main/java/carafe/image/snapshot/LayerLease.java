package carafe.image.snapshot;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps layers from being collected until it is closed: hold it while the record that names the
 * layers is written. Thread-safe.
 */
public final class LayerLease implements AutoCloseable {
    private final LayerStore store;
    private final List<Layer> layers;
    private final AtomicBoolean closed = new AtomicBoolean();

    LayerLease(LayerStore store, List<Layer> layers) {
        this.store = store;
        this.layers = List.copyOf(layers);
    }

    /** The leased layers, lowest first. */
    public List<Layer> bottomFirst() {
        return layers;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            store.endLease(layers);
        }
    }
}
