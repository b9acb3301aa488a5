package carafe.image.manifest;

import carafe.base.CarafeException;
import carafe.image.reference.Digest;
import carafe.image.reference.Excerpt;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A manifest whose blobs are no layers but whatever its type says: an OCI artifact.
 *
 * @param type of the artifact; the configuration's when it does not say
 * @param blobs 1 to 512
 * @param annotations free text by the author
 */
public record ArtifactManifest(
        String type, Descriptor config, List<Descriptor> blobs, Map<String, String> annotations)
        implements ImageDocument {
    private static final String TITLE = "org.opencontainers.image.title";
    private static final String NOTHING = "application/vnd.oci.empty.v1+json";

    public ArtifactManifest {
        blobs = List.copyOf(blobs);
        annotations = Map.copyOf(annotations);
    }

    /**
     * One of its files.
     *
     * @param name as its author titled it, untrusted; {@code <algorithm>-<hex>} when he did not
     * @param identity takes the place of a layer's diff id: of the content under this name
     */
    public record File(String name, Descriptor blob, Digest identity) {}

    /**
     * The files that a mount of it shows.
     *
     * @throws CarafeException.Invalid when it has none, or two of one name
     */
    public List<File> files() {
        List<File> files = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Descriptor blob : blobs) {
            if (blob.mediaType().equals(NOTHING)) {
                continue;
            }
            String title = blob.annotations().getOrDefault(TITLE, "");
            String name = title.isEmpty() ? blob.digest().toString().replace(':', '-') : title;
            if (!names.add(name)) {
                throw new CarafeException.Invalid(
                        "the artifact has two files %s".formatted(Excerpt.of(name)));
            }
            files.add(new File(name, blob, identity(name, blob)));
        }
        if (files.isEmpty()) {
            throw new CarafeException.Invalid("the artifact has no files");
        }
        return files;
    }

    /** Never the digest itself: a layer of an image may have the same bytes and be a tree. */
    private static Digest identity(String name, Descriptor blob) {
        String text = "file of an artifact\n%s\n%s\n".formatted(blob.digest(), name);
        return Digest.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
