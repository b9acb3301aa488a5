package carafe.image.snapshot;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The layers of a store by id, and what they take. Guarded by its store. */
final class LayerIndex {
    private final Map<String, Held> byId = new HashMap<>();
    private long bytes;
    private long inodes;

    /**
     * A layer of the store.
     *
     * @param name of its directory
     * @param sinceMillis when it was published, Unix time
     */
    record Held(Layer layer, String name, long sinceMillis) {}

    void add(Held held) {
        byId.put(held.layer().id(), held);
        bytes += held.layer().bytes();
        inodes += held.layer().inodes();
    }

    void remove(Held held) {
        byId.remove(held.layer().id());
        bytes -= held.layer().bytes();
        inodes -= held.layer().inodes();
    }

    @Nullable Held find(String id) {
        return byId.get(id);
    }

    /** As they are now, in no order. */
    List<Held> all() {
        return List.copyOf(byId.values());
    }

    Usage usage() {
        return new Usage(bytes, inodes);
    }

    /** What the layer that an image wants is found by; null when it is not here. */
    @Nullable String idOf(LayerName wanted) {
        if (byId.containsKey(wanted.chainId())) {
            return wanted.chainId();
        }
        return isShared(wanted) ? wanted.diffId() : null;
    }

    /** Another blob may not hold what the image says that it does, so it is not believed. */
    private boolean isShared(LayerName wanted) {
        Held held = byId.get(wanted.diffId());
        return held != null
                && held.layer().independent()
                && held.layer().blob().equals(wanted.blob());
    }
}
