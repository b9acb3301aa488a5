package carafe.image.store;

import carafe.base.CarafeException;
import carafe.image.reference.Digest;
import carafe.image.reference.Excerpt;
import carafe.image.reference.ImageQuery;
import carafe.image.reference.ImageReference;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All images and their names at one moment. Immutable. */
final class Index {
    private final Map<String, Entry> byId;
    private final Map<String, Entry> byName;

    /** What is on disk about an image, and what its documents say. */
    record Entry(ImageRecord record, Described described) {}

    private Index(Map<String, Entry> byId) {
        this.byId = Map.copyOf(byId);
        Map<String, Entry> names = new HashMap<>();
        for (Entry entry : byId.values()) {
            entry.record().tags().forEach(tag -> names.put(tag, entry));
            entry.record().digests().forEach(digest -> names.put(digest, entry));
        }
        this.byName = Map.copyOf(names);
    }

    static Index empty() {
        return new Index(Map.of());
    }

    Index with(Entry entry) {
        Map<String, Entry> more = new HashMap<>(byId);
        more.put(entry.record().id(), entry);
        return new Index(more);
    }

    Index without(String id) {
        Map<String, Entry> less = new HashMap<>(byId);
        less.remove(id);
        return new Index(less);
    }

    Collection<Entry> entries() {
        return byId.values();
    }

    Optional<Entry> byId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    Optional<Entry> byName(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The image that was pulled as a document with this digest, under whatever name. */
    Optional<Entry> byPulledDigest(Digest digest) {
        String end = "@" + digest;
        return byId.values().stream()
                .filter(e -> e.record().digests().stream().anyMatch(name -> name.endsWith(end)))
                .findFirst();
    }

    /**
     * @throws CarafeException.Invalid when a prefix fits several ids
     */
    Optional<Entry> find(ImageQuery query) {
        Digest id = query.id();
        if (id != null) {
            return byId(id.toString());
        }
        ImageReference reference = query.reference();
        Optional<Entry> named =
                reference == null ? Optional.empty() : byName(storedName(reference));
        String prefix = query.idPrefix();
        return named.isPresent() || prefix == null ? named : byPrefix(prefix);
    }

    private static String storedName(ImageReference reference) {
        Digest digest = reference.digest();
        return digest == null ? reference.toString() : reference.repoDigest(digest);
    }

    private Optional<Entry> byPrefix(String prefix) {
        List<Entry> fitting =
                byId.entrySet().stream()
                        .filter(e -> Digest.parse(e.getKey()).hex().startsWith(prefix))
                        .map(Map.Entry::getValue)
                        .toList();
        if (fitting.size() > 1) {
            throw new CarafeException.Invalid(
                    "%s is the start of %d image ids; give more of it"
                            .formatted(Excerpt.of(prefix), fitting.size()));
        }
        return fitting.stream().findFirst();
    }

    Set<String> chainIds() {
        Set<String> all = new HashSet<>();
        byId.values().forEach(entry -> all.addAll(entry.record().chainIds()));
        return all;
    }

    long documentBytes() {
        return byId.values().stream().mapToLong(each -> each.described().documentBytes()).sum();
    }

    /** Digests of all configurations and manifests. */
    Set<String> documents() {
        Set<String> all = new HashSet<>();
        for (Entry entry : byId.values()) {
            all.add(entry.record().id());
            all.add(entry.record().manifest());
        }
        return all;
    }
}
