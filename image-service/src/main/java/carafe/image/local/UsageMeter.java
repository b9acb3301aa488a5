package carafe.image.local;

import carafe.base.CarafeException;
import carafe.base.KeyedLock;
import carafe.image.FsUsage;
import carafe.image.StoreUsage;
import carafe.image.download.Downloads;
import carafe.image.download.KeptBlobs;
import carafe.image.snapshot.LayerStore;
import carafe.image.snapshot.Snapshots;
import carafe.image.snapshot.Usage;
import carafe.image.store.ImageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Adds up what the service occupies. Walking a container's directories may take long on a busy
 * node, so each of them is walked once in 10 seconds at most. Thread-safe.
 */
final class UsageMeter {
    private static final Duration FRESH = Duration.ofSeconds(10);
    private static final int DOCUMENTS_PER_IMAGE = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path root;
    private final LayerStore layers;
    private final Snapshots snapshots;
    private final ImageStore images;
    private final Downloads downloads;
    private final KeptBlobs kept;
    private final KeyedLock<String> walking = new KeyedLock<>();
    private final ConcurrentHashMap<String, Walked> walked = new ConcurrentHashMap<>();

    UsageMeter(
            Path root,
            LayerStore layers,
            Snapshots snapshots,
            ImageStore images,
            Downloads downloads,
            KeptBlobs kept) {
        this.root = root;
        this.layers = layers;
        this.snapshots = snapshots;
        this.images = images;
        this.downloads = downloads;
        this.kept = kept;
    }

    /**
     * @param atNanos of the monotonic clock
     */
    private record Walked(Usage usage, long atNanos) {
        boolean isFresh() {
            return System.nanoTime() - atNanos < FRESH.toNanos();
        }
    }

    StoreUsage read() {
        Usage unpacked = layers.usage();
        Usage written = written();
        Downloads.Kept partial = downloads.kept();
        Downloads.Kept whole = kept.usage();
        int documents = DOCUMENTS_PER_IMAGE * images.list().size();
        return new StoreUsage(
                new FsUsage(
                        root,
                        unpacked.bytes() + images.documentBytes() + partial.bytes() + whole.bytes(),
                        unpacked.inodes() + documents + partial.files() + whole.files()),
                new FsUsage(root, written.bytes(), written.inodes()));
    }

    /** What one container has written; empty when it has no directories. */
    Optional<FsUsage> written(String owner) {
        return usage(owner).map(usage -> new FsUsage(root, usage.bytes(), usage.inodes()));
    }

    private Usage written() {
        Set<String> owners = snapshots.owners();
        walked.keySet().retainAll(owners);
        long bytes = 0;
        long inodes = 0;
        for (String owner : owners) {
            Optional<Usage> usage = usage(owner);
            if (usage.isPresent()) {
                bytes += usage.get().bytes();
                inodes += usage.get().inodes();
            }
        }
        return new Usage(bytes, inodes);
    }

    /** Callers who ask for the same container at once share one walk. */
    private Optional<Usage> usage(String owner) {
        Walked known = walked.get(owner);
        if (known != null && known.isFresh()) {
            return Optional.of(known.usage());
        }
        try (KeyedLock.Held _ = walking.lock(owner, PATIENCE)) {
            Walked meanwhile = walked.get(owner);
            if (meanwhile != null && meanwhile.isFresh()) {
                return Optional.of(meanwhile.usage());
            }
            Usage usage = snapshots.usage(owner);
            walked.put(owner, new Walked(usage, System.nanoTime()));
            return Optional.of(usage);
        } catch (CarafeException.NotFound e) {
            walked.remove(owner); // released meanwhile
            return Optional.empty();
        }
    }
}
