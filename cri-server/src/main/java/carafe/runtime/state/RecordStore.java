package carafe.runtime.state;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Objects of one kind: on disk first for writers, in memory for readers. A reader sees a record
 * only after it is on disk, and never waits for a writer. Thread-safe; writers of one id hold its
 * lock.
 *
 * @param <R> pods or containers
 */
public final class RecordStore<R extends Identified> {
    private final String kind;
    private final RecordFiles<R> files;
    private final Map<String, R> byId = new ConcurrentHashMap<>();

    private RecordStore(String kind, RecordFiles<R> files) {
        this.kind = kind;
        this.files = files;
    }

    /** Pods, in {@code <root>/pods}. */
    public static RecordStore<PodRecord> pods(Path root, DurableFiles files) {
        return new RecordStore<>(
                "pod sandbox", new RecordFiles<>(root.resolve("pods"), files, new PodJson.Codec()));
    }

    /** Containers, in {@code <root>/containers}. */
    public static RecordStore<ContainerRecord> containers(Path root, DurableFiles files) {
        return new RecordStore<>(
                "container",
                new RecordFiles<>(root.resolve("containers"), files, new ContainerJson.Codec()));
    }

    /**
     * Reads what an earlier daemon left; call once, before anything else.
     *
     * @throws CarafeException.Internal when the directory itself cannot be read
     */
    public List<R> load() {
        try {
            List<R> found = files.load();
            found.forEach(each -> byId.put(each.id(), each));
            return found;
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "read the records of every %s: %s".formatted(kind, e), e);
        }
    }

    /** Replaces or adds a record. */
    public void save(R value) {
        try {
            files.save(value.id(), value);
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "write the record of %s %s: %s".formatted(kind, value.id(), e), e);
        }
        byId.put(value.id(), value);
    }

    /** Shows readers another record than the one on disk, until the next {@link #save}. */
    public void show(R value) {
        byId.put(value.id(), value);
    }

    /** Removes a record; none is success. */
    public void remove(String id) {
        try {
            files.delete(id);
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "delete the record of %s %s: %s".formatted(kind, id, e), e);
        }
        byId.remove(id);
    }

    /**
     * @param idOrPrefix a whole id, or the beginning of exactly one
     * @throws CarafeException.Invalid when it begins several
     */
    public Optional<R> find(String idOrPrefix) {
        R exact = byId.get(idOrPrefix);
        if (exact != null || idOrPrefix.isEmpty()) {
            return Optional.ofNullable(exact);
        }
        String prefix = idOrPrefix.toLowerCase(Locale.ROOT);
        List<R> found =
                byId.values().stream().filter(each -> each.id().startsWith(prefix)).toList();
        if (found.size() > 1) {
            throw new CarafeException.Invalid(
                    "%s is the beginning of %d ids of a %s; give more of it"
                            .formatted(idOrPrefix, found.size(), kind));
        }
        return found.stream().findFirst();
    }

    /**
     * @throws CarafeException.NotFound when there is none
     */
    public R require(String idOrPrefix) {
        return find(idOrPrefix)
                .orElseThrow(
                        () -> new CarafeException.NotFound("no %s %s".formatted(kind, idOrPrefix)));
    }

    /** A snapshot, in no order. */
    public Collection<R> all() {
        return List.copyOf(byId.values());
    }
}
