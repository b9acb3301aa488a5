package carafe.image;

import java.util.List;
import java.util.Map;

/**
 * A complete image of this node.
 *
 * @param id digest of its configuration, {@code sha256:…}
 * @param repoTags full names with tags, sorted; may be empty
 * @param repoDigests full names with the digest that the registry gave, sorted; empty for imports
 * @param sizeBytes bytes its layers, manifest and configuration occupy; above 0
 * @param config what the image says about how it wants to run; untrusted
 * @param chainIds what its layers are found by in the store, bottom first: their chain ids, or
 *     their diff ids where they are the same whatever is below
 * @param pinned whether garbage collection must keep it
 * @param annotations of its manifest, free text by the author
 * @param artifact whether it is an OCI artifact: it can be mounted, not run, and its id is its
 *     manifest's digest
 */
public record Image(
        String id,
        List<String> repoTags,
        List<String> repoDigests,
        long sizeBytes,
        ImageConfig config,
        List<String> chainIds,
        boolean pinned,
        Map<String, String> annotations,
        boolean artifact) {
    public Image {
        repoTags = List.copyOf(repoTags);
        repoDigests = List.copyOf(repoDigests);
        chainIds = List.copyOf(chainIds);
        annotations = Map.copyOf(annotations);
    }
}
