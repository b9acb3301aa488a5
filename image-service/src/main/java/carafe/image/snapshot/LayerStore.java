package carafe.image.snapshot;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacked layers by id: a layer that came out the same whatever is below it is here once for all
 * images, others once for each chain. A layer is there as a whole or not at all: it is unpacked
 * under a temporary name, synced, then renamed. What is on disk is the truth; the index is read
 * from it at the start. Thread-safe; calls that delete or publish block on the disk.
 */
public final class LayerStore {
    private static final Logger LOG = LoggerFactory.getLogger(LayerStore.class);

    private final StoreDir dir;
    private final GroupSync content;
    private final GroupSync names;
    private final LayerIndex layers = new LayerIndex();
    private final Map<String, Integer> leases = new HashMap<>();
    private final Set<String> inUse = new HashSet<>();

    private LayerStore(StoreDir dir) {
        this.dir = dir;
        this.content = new GroupSync(this::syncContent);
        this.names = new GroupSync(dir::sync);
    }

    /**
     * Opens or creates the store.
     *
     * @param layersDir owned by the store; created with mode 0700
     * @throws CarafeException.Internal when the directory cannot be read
     */
    public static LayerStore open(Path layersDir, FileCalls calls) {
        try {
            LayerStore store = new LayerStore(StoreDir.open(layersDir, calls));
            store.load();
            return store;
        } catch (IOException e) {
            throw new CarafeException.Internal("open layer store " + layersDir + ": " + e, e);
        }
    }

    private void load() throws SyscallException {
        for (String name : dir.children()) {
            Path fs = dir.path(name).resolve(StagedLayer.FS);
            Optional<Layer> layer = readRecord(name).flatMap(text -> LayerRecord.read(text, fs));
            if (layer.isEmpty()) {
                LOG.atWarn()
                        .addKeyValue("directory", dir.path(name))
                        .log("A layer without a readable record is ignored; pull its image again");
            } else {
                enter(layer.get(), name);
            }
        }
    }

    /** Of two layers with one identity, which only a failing disk leaves, one is enough. */
    private void enter(Layer layer, String name) throws SyscallException {
        if (has(layer.id())) {
            dir.retire(name);
        } else {
            add(layer, name, dir.changedMillis(name, LayerRecord.FILE));
        }
    }

    private synchronized void add(Layer layer, String name, long sinceMillis) {
        layers.add(new LayerIndex.Held(layer, name, sinceMillis));
    }

    private Optional<String> readRecord(String name) {
        try {
            return Optional.of(dir.readRecord(name, LayerRecord.FILE));
        } catch (SyscallException e) {
            return Optional.empty();
        }
    }

    /** The port that this store works through. */
    public FileCalls calls() {
        return dir.calls();
    }

    /** Whether the layer is there. */
    public boolean has(String id) {
        return find(id).isPresent();
    }

    /** The layer, if it is there. Without a lease it may be collected at any time. */
    public synchronized Optional<Layer> find(String id) {
        return Optional.ofNullable(layers.find(id)).map(LayerIndex.Held::layer);
    }

    /** All layers, in no order. */
    public synchronized List<Layer> list() {
        return layers.all().stream().map(LayerIndex.Held::layer).toList();
    }

    /** What all layers together take. */
    public synchronized Usage usage() {
        return layers.usage();
    }

    /**
     * Keeps the layers from being collected.
     *
     * @throws CarafeException.NotFound when one of them is not there; nothing is leased then
     */
    public synchronized LayerLease lease(List<String> idsBottomFirst) {
        List<Layer> found = new ArrayList<>();
        for (String id : idsBottomFirst) {
            LayerIndex.Held layer = layers.find(id);
            if (layer == null) {
                throw new CarafeException.NotFound(
                        "layer " + id + " is not on this node; pull its image again");
            }
            found.add(layer.layer());
        }
        found.forEach(layer -> leases.merge(layer.id(), 1, Integer::sum));
        return new LayerLease(this, found);
    }

    /** As {@link #lease}, of one layer that may not be there. */
    public synchronized Optional<LayerLease> leaseIfPresent(String id) {
        return has(id) ? Optional.of(lease(List.of(id))) : Optional.empty();
    }

    /** Leases what an image wants, if all of it is here, in that order. */
    public synchronized Optional<LayerLease> leaseAll(List<LayerName> wanted) {
        List<String> ids = new ArrayList<>();
        for (LayerName each : wanted) {
            String id = layers.idOf(each);
            if (id == null) {
                return Optional.empty();
            }
            ids.add(id);
        }
        return Optional.of(lease(ids));
    }

    synchronized void endLease(List<Layer> leased) {
        for (Layer layer : leased) {
            leases.computeIfPresent(layer.id(), (_, count) -> count == 1 ? null : count - 1);
        }
    }

    /**
     * Makes room for a layer to be unpacked into.
     *
     * @throws CarafeException.Exhausted when the disk is full
     */
    public StagedLayer stage() {
        try {
            String name = made();
            try {
                return new StagedLayer(this, dir, name);
            } catch (SyscallException e) {
                unstage(name);
                dir.deleteQuietly(name);
                throw e;
            }
        } catch (SyscallException e) {
            throw Failures.of("begin to unpack a layer", e);
        }
    }

    private synchronized String made() throws SyscallException {
        String name = dir.make();
        inUse.add(name);
        return name;
    }

    void unstage(StagedLayer staged) {
        unstage(staged.madeName());
    }

    private synchronized void unstage(String name) {
        inUse.remove(name);
    }

    private void syncContent() throws SyscallException {
        try (var root = dir.root()) {
            dir.calls().syncfs(root.fd());
        }
    }

    LayerLease publish(StagedLayer staged, StagedLayer.Contents contents)
            throws InterruptedException {
        String chainId = contents.name().chainId();
        try {
            TreeRecord.Written tree = staged.recordTree(contents.sums());
            Layer layer =
                    new Layer(
                            Digests.checked("layer id", idFor(contents)),
                            Digests.checked("diff id", contents.name().diffId()),
                            dir.path(staged.name()).resolve(StagedLayer.FS),
                            contents.bytes() + tree.bytes(),
                            contents.inodes(),
                            contents.opaqueRoot(),
                            contents.name().blob(),
                            contents.independent(),
                            contents.inheritsRoot(),
                            tree.digest());
            dir.writeRecord(staged.name(), LayerRecord.FILE, LayerRecord.write(layer));
            content.run();
            return enter(staged, layer);
        } catch (SyscallException e) {
            throw Failures.of("publish layer " + chainId, e);
        }
    }

    /** A layer of an earlier version, or of another blob, may have the diff id. */
    private String idFor(StagedLayer.Contents contents) {
        LayerName name = contents.name();
        return contents.independent() && !has(name.diffId()) ? name.diffId() : name.chainId();
    }

    private LayerLease enter(StagedLayer staged, Layer layer)
            throws SyscallException, InterruptedException {
        if (has(layer.id())) {
            throw new CarafeException.Exists("layer " + layer.id() + " was unpacked twice");
        }
        String name = dir.complete(staged.name());
        staged.renamed(name);
        names.run();
        synchronized (this) {
            Path fs = dir.path(name).resolve(StagedLayer.FS);
            add(layer.at(fs), name, System.currentTimeMillis());
            return lease(List.of(layer.id()));
        }
    }

    /** As {@link #collect(Set, Set, Duration)}, whatever the layers' age. */
    public Collected collect(Set<String> keepIds) {
        return collect(keepIds, Set.of(), Duration.ZERO);
    }

    /**
     * Deletes layers that are neither kept nor leased, and what crashes left behind. The layers of
     * containers are leased by their snapshots.
     *
     * @param freed layers whose last user has just gone: their age does not matter
     * @param guard the others go when they are older; younger ones may be those of a pull that a
     *     crash or an outage ended, and are wanted again
     */
    public Collected collect(Set<String> keepIds, Set<String> freed, Duration guard) {
        List<String> failures = new ArrayList<>();
        int removed = dir.sweep(victims(keepIds, freed, guard, failures), failures);
        return new Collected(removed, failures);
    }

    private synchronized List<String> victims(
            Set<String> keep, Set<String> freed, Duration guard, List<String> failures) {
        List<String> names = new ArrayList<>();
        long now = System.currentTimeMillis();
        for (LayerIndex.Held held : layers.all()) {
            String id = held.layer().id();
            boolean used = keep.contains(id) || leases.containsKey(id);
            long age = now - held.sinceMillis();
            // A clock that was set back must not keep a layer for ever.
            boolean old = age >= guard.toMillis() || age < 0;
            if (!used && (old || freed.contains(id))) {
                retire(held, failures);
            }
        }
        try {
            dir.leftovers().stream().filter(name -> !inUse.contains(name)).forEach(names::add);
        } catch (SyscallException e) {
            failures.add("list leftovers: " + e.getMessage());
        }
        return names;
    }

    private void retire(LayerIndex.Held held, List<String> failures) {
        String id = held.layer().id();
        try {
            dir.retire(held.name());
        } catch (SyscallException e) {
            if (!e.is(Errno.ENOENT)) {
                failures.add("retire layer " + id + ": " + e.getMessage());
                return;
            }
            // Somebody deleted it under us: forgetting it is all that is left to do.
        }
        layers.remove(held);
    }
}
