package carafe.image.store;

import carafe.image.reference.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is on disk about one image; its configuration is a blob of its own.
 *
 * @param version of this form; 1
 * @param sequence grows with every record written; of two records with one tag, the newer has it
 * @param manifest digest of this platform's manifest
 * @param chainIds what the layers are found by in the store, bottom first
 * @param layerBytes what the layers take on disk
 */
record ImageRecord(
        int version,
        String id,
        long sequence,
        List<String> tags,
        List<String> digests,
        String manifest,
        List<String> chainIds,
        long layerBytes) {
    static final int VERSION = 1;

    /**
     * @throws carafe.base.CarafeException.Invalid when a digest is none
     * @throws IllegalArgumentException when another value is impossible
     */
    ImageRecord {
        if (version != VERSION || sequence < 0 || layerBytes < 0 || chainIds.isEmpty()) {
            throw new IllegalArgumentException("not an image record of version " + VERSION);
        }
        Digest.parse(id);
        Digest.parse(manifest);
        chainIds.forEach(Digest::parse);
        tags = List.copyOf(new TreeSet<>(tags));
        digests = List.copyOf(new TreeSet<>(digests));
        chainIds = List.copyOf(chainIds);
    }

    ImageRecord with(Names names, long newSequence) {
        return copy(newSequence, plus(tags, names.tag()), plus(digests, names.digest()));
    }

    ImageRecord withoutTag(String tag, long newSequence) {
        return copy(newSequence, tags.stream().filter(t -> !t.equals(tag)).toList(), digests);
    }

    /** Whether it has these names already. */
    boolean has(Names names) {
        return (names.tag() == null || tags.contains(names.tag()))
                && (names.digest() == null || digests.contains(names.digest()));
    }

    private ImageRecord copy(long newSequence, List<String> newTags, List<String> newDigests) {
        return new ImageRecord(
                VERSION, id, newSequence, newTags, newDigests, manifest, chainIds, layerBytes);
    }

    private static List<String> plus(List<String> names, @Nullable String more) {
        if (more == null) {
            return names;
        }
        List<String> all = new ArrayList<>(names);
        all.add(more);
        return all;
    }
}
