package carafe.image;

import java.util.List;

/**
 * How far one image is on its way to this node.
 *
 * @param names what those who wait for it called it, in full; sorted
 * @param queuePosition 0 while any of its layers is worked on; else its place among the pulls that
 *     wait, from 1
 * @param layers bottom first
 */
public record PullStatus(List<String> names, int queuePosition, List<LayerStatus> layers) {
    public PullStatus {
        names = List.copyOf(names);
        layers = List.copyOf(layers);
    }

    /** Where a layer is. */
    public enum State {
        /** Its bytes, or its turn, are waited for. */
        WAITING,
        /** Bytes come, and its turn to be unpacked has not. */
        DOWNLOADING,
        /** Its bytes are decoded and unpacked as they come. */
        UNPACKING,
        /** It is present. */
        DONE
    }

    /**
     * One layer.
     *
     * @param digest of its blob
     * @param bytes of the blob
     * @param bytesDone of these, here by now; all of them when the layer is present
     */
    public record LayerStatus(String digest, long bytes, long bytesDone, State state) {}

    /** Bytes of all blobs. */
    public long bytes() {
        return layers.stream().mapToLong(LayerStatus::bytes).sum();
    }

    /** Bytes that are here. */
    public long bytesDone() {
        return layers.stream().mapToLong(LayerStatus::bytesDone).sum();
    }

    /** How many layers are in that state. */
    public long count(State state) {
        return layers.stream().filter(layer -> layer.state() == state).count();
    }
}
