package carafe.image;

import java.util.List;

/**
 * What reading images again from the disk has shown.
 *
 * @param images compared
 * @param layers compared; one that several images share counts once
 * @param files, directories and the rest in the layers
 * @param bytes of files read, and of blobs that were kept
 * @param damages the first of them, at most {@link #MOST_DAMAGES}
 * @param unproven layers and why nothing can be said of them
 */
public record Verification(
        int images,
        int layers,
        long files,
        long bytes,
        List<Damage> damages,
        List<Damage> unproven) {
    /** More are not reported: the store is beyond single repairs then. */
    public static final int MOST_DAMAGES = 1000;

    public Verification {
        damages = List.copyOf(damages);
        unproven = List.copyOf(unproven);
    }

    /**
     * Something that is not as it was.
     *
     * @param subject an image's id, a layer's id, or the digest of a blob that was kept
     * @param path in the layer; empty for the subject itself
     * @param what is wrong
     */
    public record Damage(String subject, String path, String what) {}
}
