package carafe.image.snapshot;

import carafe.base.CarafeException;
import carafe.base.KeyedLock;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import carafe.linux.quota.ProjectQuota;
import carafe.linux.quota.QuotaCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The writable directories of containers. Nothing is mounted here: the shim stacks the layers.
 * Preparing does not wait for the disk; a snapshot whose record a power cut damaged belongs to no
 * container any more and is collected. Thread-safe.
 */
public final class Snapshots {
    private static final Duration RELEASE_DEADLINE = Duration.ofMinutes(5);
    private final WritableDirs dirs;
    private final LayerStore layers;
    private final Map<String, Entry> byOwner = new LinkedHashMap<>();
    private final Set<String> preparing = new HashSet<>();
    private final KeyedLock<String> releasing = new KeyedLock<>();

    private Snapshots(WritableDirs dirs, LayerStore layers) {
        this.dirs = dirs;
        this.layers = layers;
    }

    /** The leases live as long as the snapshot, so that its layers cannot be collected. */
    private record Entry(WritableDirs.Made made, List<String> chainIds, List<LayerLease> leases) {
        void endLeases() {
            leases.forEach(LayerLease::close);
        }
    }

    /**
     * Opens or creates the directory of snapshots, which nothing limits.
     *
     * @throws CarafeException.Internal when it cannot be read
     */
    public static Snapshots open(Path snapshotsDir, LayerStore layers, FileCalls calls) {
        return open(snapshotsDir, layers, calls, new Quota(QuotaCalls.linux(), WritableLimit.NONE));
    }

    /** How writable directories are limited, and by whom. */
    public record Quota(QuotaCalls calls, WritableLimit limit) {}

    /** As the other, with a limit for each container where the file system has project quotas. */
    public static Snapshots open(
            Path snapshotsDir, LayerStore layers, FileCalls calls, Quota quota) {
        try {
            Projects projects = new Projects(new ProjectQuota(quota.calls()), quota.limit());
            StoreDir dir = StoreDir.open(snapshotsDir, calls);
            Snapshots snapshots = new Snapshots(new WritableDirs(dir, projects), layers);
            snapshots.load();
            return snapshots;
        } catch (IOException e) {
            throw new CarafeException.Internal("open snapshots " + snapshotsDir + ": " + e, e);
        }
    }

    private void load() throws SyscallException {
        for (WritableDirs.Found found : dirs.load()) {
            OwnerRecord owner = found.owner();
            List<LayerLease> leases =
                    owner.chainIds().stream()
                            .flatMap(id -> layers.leaseIfPresent(id).stream())
                            .toList();
            byOwner.put(owner.containerId(), new Entry(found.made(), owner.chainIds(), leases));
        }
    }

    /**
     * Makes the writable directories of a container. The upper directory starts with the owner,
     * mode and attributes of the image's root directory.
     *
     * @param chainIdsBottomFirst the image's layers, at least one
     * @throws CarafeException.Exists when the container has a snapshot already
     * @throws CarafeException.NotFound when a layer is not in the store
     * @throws CarafeException.Exhausted when the disk is full
     */
    public Snapshot prepare(String containerId, List<String> chainIdsBottomFirst) {
        if (chainIdsBottomFirst.isEmpty()) {
            throw new CarafeException.Invalid(
                    "container " + containerId + ": an image without layers has no root");
        }
        claim(containerId);
        LayerLease lease = null;
        try {
            lease = layers.lease(chainIdsBottomFirst);
            List<Layer> bottomFirst = lease.bottomFirst();
            WritableDirs.Made made =
                    dirs.make(
                            new OwnerRecord(containerId, chainIdsBottomFirst), rootOf(bottomFirst));
            enter(containerId, new Entry(made, List.copyOf(chainIdsBottomFirst), List.of(lease)));
            lease = null;
            return snapshot(made, bottomFirst);
        } catch (SyscallException e) {
            throw Failures.of("prepare the root of container " + containerId, e);
        } finally {
            if (lease != null) {
                lease.close();
            }
            unclaim(containerId);
        }
    }

    private synchronized void enter(String containerId, Entry entry) {
        byOwner.put(containerId, entry);
    }

    private synchronized void unclaim(String containerId) {
        preparing.remove(containerId);
    }

    private synchronized void claim(String containerId) {
        if (byOwner.containsKey(containerId) || !preparing.add(containerId)) {
            throw new CarafeException.Exists("container " + containerId + " has a snapshot");
        }
    }

    /** The topmost layer whose root directory is its own. */
    private static Layer rootOf(List<Layer> bottomFirst) {
        return bottomFirst.reversed().stream()
                .filter(layer -> !layer.inheritsRoot())
                .findFirst()
                .orElse(bottomFirst.getFirst());
    }

    private Snapshot snapshot(WritableDirs.Made made, List<Layer> bottomFirst) {
        // Of a layer that is there twice the upper one shows all that the lower one could, and
        // overlayfs takes no directory twice.
        Set<Path> lower = new LinkedHashSet<>();
        for (Layer layer : bottomFirst.reversed()) {
            lower.add(layer.fs());
            if (layer.opaqueRoot()) {
                break;
            }
        }
        return new Snapshot(List.copyOf(lower), dirs.upper(made), dirs.work(made));
    }

    /** The container's snapshot, if it has one and its layers are still there. */
    public Optional<Snapshot> find(String containerId) {
        Entry entry = entry(containerId);
        if (entry == null) {
            return Optional.empty();
        }
        List<Layer> bottomFirst = new ArrayList<>();
        for (String chainId : entry.chainIds()) {
            Optional<Layer> layer = layers.find(chainId);
            if (layer.isEmpty()) {
                return Optional.empty();
            }
            bottomFirst.add(layer.get());
        }
        return Optional.of(snapshot(entry.made(), bottomFirst));
    }

    private synchronized @org.jspecify.annotations.Nullable Entry entry(String containerId) {
        return byOwner.get(containerId);
    }

    /** All containers that have a snapshot. */
    public synchronized Set<String> owners() {
        return Set.copyOf(byOwner.keySet());
    }

    /** All layers that snapshots stand on; their leases keep them from being collected. */
    public synchronized Set<String> chainIdsInUse() {
        Set<String> used = new HashSet<>();
        byOwner.values().forEach(entry -> used.addAll(entry.chainIds()));
        return used;
    }

    /**
     * Deletes the container's writable directories. Nothing happens when there are none.
     *
     * @throws CarafeException.Precondition when something is still mounted inside: nothing behind
     *     the mount is touched, and the call can be repeated
     */
    public void release(String containerId) {
        try (KeyedLock.Held _ = releasing.lock(containerId, RELEASE_DEADLINE)) {
            Entry entry = entry(containerId);
            if (entry != null) {
                delete(containerId, entry);
            }
        }
    }

    private void delete(String containerId, Entry entry) {
        try {
            dirs.delete(entry.made());
        } catch (SyscallException e) {
            if (e.is(Errno.EBUSY) || e.is(Errno.EXDEV)) {
                throw new CarafeException.Precondition(
                        "remove the root of container %s: something is mounted in %s (%s)"
                                .formatted(containerId, dirs.path(entry.made()), e.getMessage()),
                        e);
            }
            throw Failures.of("remove the root of container " + containerId, e);
        }
        synchronized (this) {
            byOwner.remove(containerId);
        }
        entry.endLeases();
    }

    /**
     * What the container has written so far, its root directory included; where the file system
     * counts that, also overlayfs' own directory.
     *
     * @throws CarafeException.NotFound when it has no snapshot
     */
    public Usage usage(String containerId) {
        Entry entry = entry(containerId);
        if (entry == null) {
            throw new CarafeException.NotFound("container " + containerId + " has no snapshot");
        }
        try {
            return dirs.usage(entry.made());
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ESTALE)) {
                // It is being released; its entry goes last.
                throw new CarafeException.NotFound(
                        "the snapshot of container %s has just gone".formatted(containerId), e);
            }
            throw Failures.of("measure the root of container " + containerId, e);
        }
    }

    /** Deletes every snapshot whose container is not kept, and what crashes left behind. */
    public Collected collect(Set<String> keepOwners) {
        List<String> failures = new ArrayList<>();
        int removed = 0;
        for (String owner : owners()) {
            if (keepOwners.contains(owner)) {
                continue;
            }
            try {
                release(owner);
                removed++;
            } catch (CarafeException e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
        removed += dirs.sweep(failures);
        return new Collected(removed, failures);
    }
}
