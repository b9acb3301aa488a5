package carafe.image.manifest;

import carafe.base.CarafeException;
import carafe.image.reference.Digest;
import carafe.image.reference.Excerpt;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads indexes and manifests. A document is exactly one of the two, or refused: one that could be
 * read as both would mean different images to different readers. Thread-safe.
 */
public final class DocumentReader {
    /** Largest accepted index or manifest. */
    public static final int MAX_BYTES = 4 << 20;

    private static final int MAX_LAYERS = 512;
    private static final int MAX_MANIFESTS = 4096;
    private static final long MAX_BLOB_BYTES = 1L << 53;

    private final StrictJson json = new StrictJson("the image's manifest", MAX_BYTES);

    /**
     * @param content as fetched, already checked against a digest where one was known
     * @param declared the media type that the referring descriptor or, for a tag, the registry's
     *     answer gave; empty when neither did
     * @throws CarafeException.Invalid when it is neither index nor manifest, both, or not what was
     *     declared
     */
    public ImageDocument read(byte[] content, String declared) {
        ObjectNode object = json.read(content);
        json.refuseLookalikes(
                object,
                "schemaVersion",
                "mediaType",
                "artifactType",
                "config",
                "layers",
                "manifests",
                "fsLayers");
        JsonFields root = new JsonFields("manifest", object);
        String own = root.text("mediaType");
        refuseSchema1(root, own, declared);
        root.number("schemaVersion", 2, 2);
        boolean index = root.has("manifests");
        boolean manifest = root.has("config") || root.has("layers");
        if (index == manifest) {
            throw new CarafeException.Invalid(
                    index
                            ? "the document is an index and a manifest at once"
                            : "the document is neither an index nor a manifest");
        }
        String expected = agreed(own, declared);
        boolean fits =
                expected.isEmpty()
                        || (index ? MediaTypes.isIndex(expected) : MediaTypes.isManifest(expected));
        if (!fits) {
            throw new CarafeException.Invalid(
                    "the document is %s but is declared as %s"
                            .formatted(index ? "an index" : "a manifest", Excerpt.of(expected)));
        }
        return index ? readIndex(root) : readManifest(root);
    }

    /**
     * Reads a manifest whose blobs are no layers of a file system: an OCI artifact, or signatures.
     *
     * @throws CarafeException.Invalid when it is no manifest, or not what was declared
     */
    public ArtifactManifest readArtifact(byte[] content, String declared) {
        ObjectNode object = json.read(content);
        json.refuseLookalikes(
                object, "schemaVersion", "mediaType", "artifactType", "config", "layers");
        JsonFields root = new JsonFields("manifest", object);
        root.number("schemaVersion", 2, 2);
        String type = agreed(root.text("mediaType"), declared);
        if (root.has("manifests") || !(type.isEmpty() || MediaTypes.isManifest(type))) {
            throw new CarafeException.Invalid(
                    "the document is no manifest but %s".formatted(Excerpt.of(type)));
        }
        Descriptor config = descriptor(root.required("config"));
        return artifact(root, config);
    }

    private static ArtifactManifest artifact(JsonFields root, Descriptor config) {
        String type = root.text("artifactType");
        return new ArtifactManifest(
                type.isEmpty() ? config.mediaType() : type,
                config,
                blobs(root, config),
                root.textMap("annotations"));
    }

    private static void refuseSchema1(JsonFields root, String own, String declared) {
        boolean schema1 =
                root.has("fsLayers") || MediaTypes.isSchema1(own) || MediaTypes.isSchema1(declared);
        if (schema1) {
            throw new CarafeException.Invalid(
                    "the image is in Docker's schema 1 of 2014, which is no longer read; push it"
                            + " again with a current tool");
        }
    }

    private static String agreed(String own, String declared) {
        boolean contradiction = !own.isEmpty() && !declared.isEmpty() && !own.equals(declared);
        if (contradiction) {
            throw new CarafeException.Invalid(
                    "the document calls itself %s but is declared as %s"
                            .formatted(Excerpt.of(own), Excerpt.of(declared)));
        }
        return own.isEmpty() ? declared : own;
    }

    private static ImageIndex readIndex(JsonFields root) {
        List<JsonFields> entries = root.objects("manifests");
        if (entries.isEmpty() || entries.size() > MAX_MANIFESTS) {
            throw new CarafeException.Invalid(
                    "the index lists %d manifests, 1 to %d are accepted"
                            .formatted(entries.size(), MAX_MANIFESTS));
        }
        return new ImageIndex(entries.stream().map(DocumentReader::descriptor).toList());
    }

    private static ImageDocument readManifest(JsonFields root) {
        Descriptor config = descriptor(root.required("config"));
        boolean artifact =
                root.has("artifactType") || !MediaTypes.isImageConfig(config.mediaType());
        if (artifact) {
            return artifact(root, config);
        }
        List<Descriptor> layers = blobs(root, config);
        layers.forEach(layer -> MediaTypes.checkLayer(layer.mediaType()));
        return new ImageManifest(config, layers, root.textMap("annotations"));
    }

    private static List<Descriptor> blobs(JsonFields root, Descriptor config) {
        List<JsonFields> entries = root.objects("layers");
        if (entries.isEmpty() || entries.size() > MAX_LAYERS) {
            throw new CarafeException.Invalid(
                    "the image has %d layers, 1 to %d are accepted"
                            .formatted(entries.size(), MAX_LAYERS));
        }
        List<Descriptor> blobs = entries.stream().map(DocumentReader::descriptor).toList();
        refuseOverflow(config, blobs);
        return blobs;
    }

    private static void refuseOverflow(Descriptor config, List<Descriptor> layers) {
        long total = 0;
        for (Descriptor blob : Stream.concat(Stream.of(config), layers.stream()).toList()) {
            total += blob.sizeBytes();
            if (total > MAX_BLOB_BYTES) {
                throw new CarafeException.Invalid("the image claims more than 2^53 bytes");
            }
        }
    }

    private static Descriptor descriptor(JsonFields fields) {
        String mediaType = fields.text("mediaType");
        if (mediaType.isEmpty()) {
            throw new CarafeException.Invalid(fields.path() + " has no mediaType");
        }
        return new Descriptor(
                mediaType,
                Digest.parse(fields.text("digest")),
                fields.number("size", 0, MAX_BLOB_BYTES),
                platform(fields.optional("platform")),
                fields.textMap("annotations"));
    }

    private static @Nullable Platform platform(@Nullable JsonFields fields) {
        return fields == null
                ? null
                : new Platform(
                        fields.text("os"), fields.text("architecture"), fields.text("variant"));
    }
}
