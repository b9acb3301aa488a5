package carafe.image.unpack;

import carafe.image.snapshot.Layer;
import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.LayerStore;
import carafe.linux.fs.FileCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A layer store in a test's directory and the unpacker that fills it. */
final class Store {
    static final Duration DEADLINE = Duration.ofSeconds(60);

    /** The standard limits, but whatever the test machine's disk has left is enough. */
    static final UnpackLimits LIMITS =
            new UnpackLimits(
                    UnpackLimits.standard().layerBytes(),
                    UnpackLimits.standard().imageBytes(),
                    UnpackLimits.standard().layerEntries(),
                    UnpackLimits.standard().ratio(),
                    UnpackLimits.standard().ratioFloorBytes(),
                    0,
                    0);

    final LayerStore layers;
    final ImageUnpacker unpacker;

    Store(Path dir) {
        this(dir, FileCalls.linux(), LIMITS);
    }

    Store(Path dir, FileCalls calls, UnpackLimits limits) {
        layers = LayerStore.open(dir, calls);
        unpacker = new ImageUnpacker(layers, limits, 3);
    }

    /** Unpacks uncompressed tars; the layers' directories, lowest first. */
    List<Path> unpack(byte[]... tars) {
        return unpack(Layers.of(tars));
    }

    List<Path> unpack(List<LayerSource> sources) {
        try (LayerLease lease = unpacker.unpack(sources, DEADLINE)) {
            return lease.bottomFirst().stream().map(Layer::fs).toList();
        }
    }
}
