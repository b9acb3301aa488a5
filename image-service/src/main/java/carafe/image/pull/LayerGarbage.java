package carafe.image.pull;

import carafe.image.download.KeptBlobs;
import carafe.image.snapshot.Collected;
import carafe.image.snapshot.Layer;
import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.LayerStore;
import carafe.image.store.ImageStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees layers that no image needs and nothing leases, and kept blobs that none refers to. A lease
 * that ends because its image was recorded ends through here, so that no collection decides on what
 * was true before the record and acts after the lease. Thread-safe; owns the threads of what it
 * does later.
 */
public final class LayerGarbage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LayerGarbage.class);

    private final LayerStore layers;
    private final ImageStore images;
    private final KeptBlobs blobs;
    private final Duration guard;
    private final ReentrantLock deciding = new ReentrantLock();

    /** What was to be freed while it was leased; guarded by {@link #deciding}. */
    private final Set<String> owed = new HashSet<>();

    private final Set<Thread> later = ConcurrentHashMap.newKeySet();

    /**
     * @param guard how long layers of no image are kept that nobody freed: those of a pull that an
     *     outage or a crash ended
     */
    public LayerGarbage(LayerStore layers, ImageStore images, KeptBlobs blobs, Duration guard) {
        this.layers = layers;
        this.images = images;
        this.blobs = blobs;
        this.guard = guard;
    }

    /** Frees layers of no image that are older than the guard, now and when the guard is over. */
    public void collect() {
        collect(Set.of());
        later();
    }

    /**
     * As {@link #collect()}, and layers that just lost a user whatever their age; those that are
     * leased go when {@link #end} ends the lease. What cannot be deleted is logged and tried again
     * the next time.
     */
    public void collect(Set<String> freed) {
        Collected collected;
        deciding.lock();
        try {
            Set<String> kept = images.chainIds();
            collected = layers.collect(kept, freed, guard);
            owed.addAll(freed);
            owed.removeIf(chainId -> kept.contains(chainId) || !layers.has(chainId));
            if (blobs.keeps()) {
                blobs.collect(images.blobs(), guard);
            }
        } finally {
            deciding.unlock();
        }
        for (String failure : collected.failures()) {
            LOG.atWarn().addKeyValue("failure", failure).log("Cannot free a layer");
        }
    }

    /** Keeps blobs for a pull. */
    KeptBlobs.Claim claim(Set<String> digests) {
        return blobs.claim(digests);
    }

    /** Nobody waits for it. */
    private void later() {
        inBackground(
                "layer-garbage",
                () -> {
                    try {
                        Thread.sleep(guard);
                        collect(Set.of());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    /**
     * Ends the lease without making the caller wait for a running collection. What an image's
     * removal could not free meanwhile is freed now; other layers are not, whoever has them: a
     * record that failed to be written may be on the disk all the same.
     */
    void end(LayerLease lease, KeptBlobs.Claim claim) {
        inBackground(
                "layer-lease",
                () -> {
                    deciding.lock();
                    try {
                        lease.close();
                        claim.end();
                        Set<String> due =
                                lease.bottomFirst().stream()
                                        .map(Layer::id)
                                        .filter(owed::contains)
                                        .collect(Collectors.toSet());
                        if (!due.isEmpty() || blobs.keeps()) {
                            collect(due);
                        }
                    } finally {
                        deciding.unlock();
                    }
                });
    }

    private void inBackground(String name, Runnable work) {
        Thread thread =
                Thread.ofVirtual()
                        .name(name)
                        .unstarted(() -> {
                            work.run();
                            later.remove(Thread.currentThread());
                        });
        later.add(thread);
        thread.start();
    }

    @Override
    public void close() {
        later.forEach(Thread::interrupt);
    }
}
