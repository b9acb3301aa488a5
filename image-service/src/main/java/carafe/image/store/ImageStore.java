package carafe.image.store;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import carafe.image.Image;
import carafe.image.reference.Digest;
import carafe.image.reference.ImageQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of this node. An image exists from the moment its record is written, which is after
 * everything it refers to is durable, until its record is deleted, which is before anything else
 * is. Thread-safe: reading never waits for writing.
 */
public final class ImageStore {
    private static final Logger LOG = LoggerFactory.getLogger(ImageStore.class);

    private final RecordFiles records;
    private final BlobFiles blobs;
    private volatile Set<String> pinned;
    private volatile Index index = Index.empty();
    private long sequence;

    private ImageStore(RecordFiles records, BlobFiles blobs, Set<String> pinned) {
        this.records = records;
        this.blobs = blobs;
        this.pinned = Set.copyOf(pinned);
    }

    /**
     * Opens or creates the store. Images whose documents or layers are not whole are set aside.
     *
     * @param dir owned by the store
     * @param hasLayer whether the layer with this chain id is present
     * @param pinned full tags of images that garbage collection must keep
     * @throws CarafeException.Internal when the directory cannot be read or written
     */
    public static ImageStore open(
            Path dir, DurableFiles files, Predicate<String> hasLayer, Set<String> pinned) {
        try {
            Path recordDir = Files.createDirectories(dir.resolve("records"));
            Path blobDir = Files.createDirectories(dir.resolve("blobs"));
            ImageStore store =
                    new ImageStore(
                            new RecordFiles(recordDir, files),
                            new BlobFiles(blobDir, files),
                            pinned);
            store.load(hasLayer);
            return store;
        } catch (IOException e) {
            throw new CarafeException.Internal("open image store " + dir + ": " + e, e);
        }
    }

    /** Garbage collection must keep images with these full tags from now on. */
    public void pin(Set<String> tags) {
        pinned = Set.copyOf(tags);
    }

    private synchronized void load(Predicate<String> hasLayer) throws IOException {
        List<ImageRecord> loaded =
                records.load().stream()
                        .sorted(Comparator.comparingLong(ImageRecord::sequence).reversed())
                        .toList();
        Set<String> takenTags = new HashSet<>();
        for (ImageRecord record : loaded) {
            sequence = Math.max(sequence, record.sequence());
            if (!record.chainIds().stream().allMatch(hasLayer)) {
                records.setAside(record.id(), "a layer is missing");
                continue;
            }
            ImageRecord current = record;
            for (String tag : record.tags()) {
                current = takenTags.add(tag) ? current : current.withoutTag(tag, record.sequence());
            }
            enter(current);
        }
        blobs.keepOnly(index.documents());
    }

    private void enter(ImageRecord record) {
        try {
            Digest id = Digest.parse(record.id());
            Documents documents =
                    new Documents(blobs.read(id), blobs.read(Digest.parse(record.manifest())));
            index =
                    index.with(
                            new Index.Entry(
                                    record, Described.of(id, documents, record.chainIds().size())));
        } catch (IOException | CarafeException e) {
            records.setAside(record.id(), String.valueOf(e.getMessage()));
        }
    }

    /**
     * Records an image, or gives further names to one that is recorded. Its layers must be present,
     * durable, and protected from collection until this returns.
     *
     * @throws CarafeException.Exhausted when the disk is full
     * @throws CarafeException.Internal when it cannot be written; the image is absent then, or as
     *     it was before
     */
    public synchronized Image put(NewImage image, Names names) {
        Optional<Index.Entry> known = index.byId(image.id().toString());
        if (known.isPresent()) {
            return rename(known.get(), names);
        }
        Described described =
                Described.of(
                        image.id(),
                        new Documents(image.config(), image.manifest()),
                        image.chainIds().size());
        Digest manifest = Digest.of(image.manifest());
        ImageRecord record =
                new ImageRecord(
                                ImageRecord.VERSION,
                                image.id().toString(),
                                0,
                                List.of(),
                                List.of(),
                                manifest.toString(),
                                image.chainIds(),
                                image.layerBytes())
                        .with(names, ++sequence);
        try {
            blobs.write(image.id(), image.config());
            blobs.write(manifest, image.manifest());
            records.write(record);
        } catch (IOException e) {
            forget(record.id());
            throw StoreFailures.of("record image " + image.id(), e);
        }
        Index.Entry entry = new Index.Entry(record, described);
        publish(entry, names.tag());
        return view(entry);
    }

    /** A write may have failed after its rename: what must not exist is not to be found later. */
    private void forget(String id) {
        try {
            records.delete(id);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("image", id).setCause(e).log("Cannot delete a failed record");
        }
        sweep();
    }

    /**
     * Gives names to the image that was pulled as this document before; empty when none was.
     *
     * @param digest of an index or manifest
     */
    public synchronized Optional<Image> putAgain(Digest digest, Names names) {
        return index.byPulledDigest(digest).map(entry -> rename(entry, names));
    }

    private Image rename(Index.Entry entry, Names names) {
        if (entry.record().has(names)) {
            return view(entry);
        }
        ImageRecord renamed = entry.record().with(names, ++sequence);
        try {
            records.write(renamed);
        } catch (IOException e) {
            throw StoreFailures.of("name image " + renamed.id(), e);
        }
        Index.Entry changed = new Index.Entry(renamed, entry.described());
        publish(changed, names.tag());
        return view(changed);
    }

    /** Makes the entry visible and takes its tag from the image that had it. */
    private void publish(Index.Entry entry, @Nullable String tag) {
        String id = entry.record().id();
        Optional<Index.Entry> before =
                Optional.ofNullable(tag)
                        .flatMap(index::byName)
                        .filter(other -> !other.record().id().equals(id));
        if (tag == null || before.isEmpty()) {
            index = index.with(entry);
            return;
        }
        Index.Entry other = before.get();
        ImageRecord loser = other.record().withoutTag(tag, other.record().sequence());
        index = index.with(new Index.Entry(loser, other.described())).with(entry);
        try {
            records.write(loser);
        } catch (IOException e) {
            // The newer record has the tag at the next start, too.
            LOG.atWarn()
                    .addKeyValue("image", loser.id())
                    .setCause(e)
                    .log("Cannot rewrite the record of an image that lost a tag");
        }
    }

    /**
     * The image a query means.
     *
     * @throws CarafeException.Invalid when a prefix fits several ids
     */
    public Optional<Image> find(ImageQuery query) {
        return index.find(query).map(this::view);
    }

    /** All images, in no order. */
    public List<Image> list() {
        return index.entries().stream().map(this::view).toList();
    }

    /** The configuration as it was pulled. */
    public Optional<String> configJson(String id) {
        Optional<Index.Entry> entry = index.byId(id);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new String(blobs.read(Digest.parse(id)), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw StoreFailures.of("read the configuration of image " + id, e);
        }
    }

    /**
     * Removes the image a query means, with all its names; the one that there was.
     *
     * @throws CarafeException.Internal when its record cannot be deleted; the image stays then
     */
    public synchronized Optional<Image> remove(ImageQuery query) {
        Optional<Index.Entry> entry = index.find(query);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        String id = entry.get().record().id();
        try {
            records.delete(id);
        } catch (IOException e) {
            throw StoreFailures.of("remove image " + id, e);
        }
        index = index.without(id);
        sweep();
        return entry.map(this::view);
    }

    /**
     * An image's documents as they are on disk.
     *
     * @throws IOException when one cannot be read or is not what its digest says
     */
    public Documents documents(String id) throws IOException {
        Index.Entry entry = index.byId(id).orElseThrow(() -> new IOException("it was removed"));
        return new Documents(
                blobs.read(Digest.parse(id)), blobs.read(Digest.parse(entry.record().manifest())));
    }

    /** Layers that images need. */
    public Set<String> chainIds() {
        return index.chainIds();
    }

    /** Digests of the blobs that images' layers came as. */
    public Set<String> blobs() {
        return index.entries().stream()
                .flatMap(entry -> entry.described().blobs().stream())
                .collect(Collectors.toSet());
    }

    /** As {@link #blobs()}, of one image; none when there is no such image. */
    public Set<String> blobs(String id) {
        return index.byId(id).map(entry -> entry.described().blobs()).orElse(Set.of());
    }

    /** Bytes of all configurations and manifests. */
    public long documentBytes() {
        return index.entries().stream().mapToLong(entry -> entry.described().documentBytes()).sum();
    }

    private void sweep() {
        try {
            blobs.keepOnly(index.documents());
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("Cannot delete documents of no image; tried again later");
        }
    }

    private Image view(Index.Entry entry) {
        ImageRecord record = entry.record();
        return new Image(
                record.id(),
                record.tags(),
                record.digests(),
                record.layerBytes() + entry.described().documentBytes(),
                entry.described().config(),
                record.chainIds(),
                record.tags().stream().anyMatch(pinned::contains),
                entry.described().annotations(),
                entry.described().artifact());
    }
}
