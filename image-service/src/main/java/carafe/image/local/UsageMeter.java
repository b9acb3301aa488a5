package carafe.image.local;

import carafe.base.CarafeException;
import carafe.image.FsUsage;
import carafe.image.snapshot.LayerStore;
import carafe.image.snapshot.Snapshots;
import carafe.image.snapshot.Usage;
import carafe.image.store.ImageStore;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Adds up what the service occupies. Walking the containers' directories may take long on a busy
 * node, so that sum is used again for 10 seconds. Thread-safe.
 */
final class UsageMeter {
    private static final Duration FRESH = Duration.ofSeconds(10);

    private final Path root;
    private final LayerStore layers;
    private final Snapshots snapshots;
    private final ImageStore images;
    private Usage walked = new Usage(0, 0);
    private long walkedNanos;
    private boolean walkedOnce;

    UsageMeter(Path root, LayerStore layers, Snapshots snapshots, ImageStore images) {
        this.root = root;
        this.layers = layers;
        this.snapshots = snapshots;
        this.images = images;
    }

    FsUsage read() {
        Usage unpacked = layers.usage();
        Usage written = written();
        int documents = 3 * images.list().size();
        return new FsUsage(
                root,
                unpacked.bytes() + written.bytes() + images.documentBytes(),
                unpacked.inodes() + written.inodes() + documents);
    }

    private synchronized Usage written() {
        boolean fresh = walkedOnce && System.nanoTime() - walkedNanos < FRESH.toNanos();
        if (!fresh) {
            walked = walk();
            walkedNanos = System.nanoTime();
            walkedOnce = true;
        }
        return walked;
    }

    private Usage walk() {
        long bytes = 0;
        long inodes = 0;
        for (String owner : snapshots.owners()) {
            try {
                Usage usage = snapshots.usage(owner);
                bytes += usage.bytes();
                inodes += usage.inodes();
            } catch (CarafeException.NotFound e) {
                // released meanwhile
            }
        }
        return new Usage(bytes, inodes);
    }
}
