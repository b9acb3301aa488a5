package carafe.image.pull;

import carafe.image.snapshot.Collected;
import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.LayerStore;
import carafe.image.store.ImageStore;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees layers that no image needs and nothing leases. A lease that ends because its image was
 * recorded ends through here, so that no collection decides on what was true before the record and
 * acts after the lease. Thread-safe; owns the threads of what it does later.
 */
public final class LayerGarbage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LayerGarbage.class);

    private final LayerStore layers;
    private final ImageStore images;
    private final ReentrantLock deciding = new ReentrantLock();
    private final Set<Thread> later = ConcurrentHashMap.newKeySet();

    public LayerGarbage(LayerStore layers, ImageStore images) {
        this.layers = layers;
        this.images = images;
    }

    /** Frees what is free now. What cannot be deleted is logged and tried again the next time. */
    public void collect() {
        Collected collected;
        deciding.lock();
        try {
            collected = layers.collect(images.chainIds());
        } finally {
            deciding.unlock();
        }
        for (String failure : collected.failures()) {
            LOG.atWarn().addKeyValue("failure", failure).log("Cannot free a layer");
        }
    }

    /** Frees what is free after a while; nobody waits for it. */
    public void collectAfter(Duration pause) {
        inBackground(
                "layer-garbage",
                () -> {
                    try {
                        Thread.sleep(pause);
                        collect();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    /** Ends the lease without making the caller wait for a running collection. */
    void end(LayerLease lease) {
        inBackground(
                "layer-lease",
                () -> {
                    deciding.lock();
                    try {
                        lease.close();
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
