package carafe.image.reference;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A full name of an image in a registry. Every part was checked, so that it may stand in a URL or a
 * path.
 *
 * @param registry host, or host and port, as the name says it: {@code docker.io}, {@code
 *     [::1]:5000}
 * @param repository path below the registry: {@code library/busybox}
 * @param tag null when the reference has a digest only
 * @param digest null when the reference has a tag only
 */
public record ImageReference(
        String registry, String repository, @Nullable String tag, @Nullable Digest digest) {
    /** The registry that names without one belong to. */
    public static final String DEFAULT_REGISTRY = "docker.io";

    /** The tag of names that have neither tag nor digest. */
    public static final String DEFAULT_TAG = "latest";

    public ImageReference {
        if (tag == null && digest == null) {
            throw new IllegalArgumentException("neither tag nor digest: " + repository);
        }
    }

    /**
     * Reads a reference as users write it, with the usual defaults.
     *
     * @throws carafe.base.CarafeException.Invalid when it is none
     */
    public static ImageReference parse(String text) {
        return new ReferenceParser(text).parse();
    }

    /** Registry and repository, without tag and digest. */
    public String name() {
        return registry + "/" + repository;
    }

    /**
     * The name under which an image pulled by this reference is listed as tagged; none when a
     * digest decided what was pulled, because nobody asked the registry what the tag means.
     */
    public Optional<String> repoTag() {
        return digest == null ? Optional.of(name() + ":" + tag) : Optional.empty();
    }

    /** The name by which an image with this manifest is listed. */
    public String repoDigest(Digest manifest) {
        return name() + "@" + manifest;
    }

    /** What to ask the registry for: the digest when there is one, else the tag. */
    public String target() {
        Digest pinned = digest;
        return pinned == null ? String.valueOf(tag) : pinned.toString();
    }

    @Override
    public String toString() {
        return name() + (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }
}
