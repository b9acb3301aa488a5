package carafe.image.store;

import carafe.base.CarafeException;
import carafe.image.ImageConfig;
import carafe.image.manifest.ArtifactManifest;
import carafe.image.manifest.ConfigReader;
import carafe.image.manifest.Descriptor;
import carafe.image.manifest.DocumentReader;
import carafe.image.manifest.ImageManifest;
import carafe.image.reference.Digest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an image's documents say of it.
 *
 * @param config how to run it; says nothing of an artifact
 * @param annotations of the manifest, as many as fit
 * @param artifact whether it is one, whose id is its manifest's digest
 * @param documentBytes size of configuration and manifest
 * @param blobs digests of what its layers came as
 */
record Described(
        ImageConfig config,
        Map<String, String> annotations,
        boolean artifact,
        long documentBytes,
        Set<String> blobs) {
    /** Every list of images carries them. */
    private static final int MOST_ANNOTATION_CHARACTERS = 16 * 1024;

    Described {
        annotations = Map.copyOf(annotations);
        blobs = Set.copyOf(blobs);
    }

    /**
     * @param documents already checked against their digests
     * @throws CarafeException.Invalid when they are not what they should be
     */
    static Described of(Digest id, Documents documents, int layers) {
        byte[] manifest = documents.manifest();
        if (Digest.of(manifest).equals(id)) {
            ArtifactManifest artifact = new DocumentReader().readArtifact(manifest, "");
            return new Described(
                    ImageConfig.NONE,
                    fitting(artifact.annotations()),
                    true,
                    manifest.length,
                    digests(artifact.blobs()));
        }
        if (new DocumentReader().read(manifest, "") instanceof ImageManifest image) {
            return new Described(
                    new ConfigReader().read(documents.config(), layers).runtime(),
                    fitting(image.annotations()),
                    false,
                    (long) documents.config().length + manifest.length,
                    digests(image.layers()));
        }
        throw new CarafeException.Invalid("the manifest of " + id + " is an index");
    }

    private static Set<String> digests(List<Descriptor> blobs) {
        return blobs.stream().map(blob -> blob.digest().toString()).collect(Collectors.toSet());
    }

    private static Map<String, String> fitting(Map<String, String> all) {
        Map<String, String> fitting = new LinkedHashMap<>();
        int characters = 0;
        for (Map.Entry<String, String> each : all.entrySet()) {
            characters += each.getKey().length() + each.getValue().length();
            if (characters <= MOST_ANNOTATION_CHARACTERS) {
                fitting.put(each.getKey(), each.getValue());
            }
        }
        return fitting;
    }
}
