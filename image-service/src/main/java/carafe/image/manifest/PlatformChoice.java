package carafe.image.manifest;

import carafe.base.CarafeException;
import carafe.image.reference.Excerpt;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Chooses the manifest for one platform. Among variants that the machine can run the highest wins,
 * among equals the first; entries without a platform are taken only when nothing else fits.
 * Immutable.
 */
public final class PlatformChoice {
    private static final int MAX_LISTED = 20;

    private final Platform wanted;
    private final List<String> variants;

    /**
     * @param wanted what this node runs
     */
    public PlatformChoice(Platform wanted) {
        this.wanted = wanted;
        this.variants = runnable(wanted);
    }

    /** Variants that the wanted one can run, best first. */
    private static List<String> runnable(Platform wanted) {
        List<String> all =
                switch (wanted.architecture()) {
                    case "arm" -> List.of("v8", "v7", "v6", "v5");
                    case "amd64" -> List.of("v4", "v3", "v2", "");
                    default -> List.of(wanted.variant(), "");
                };
        int from = all.indexOf(wanted.variant());
        return from < 0 ? List.of(wanted.variant()) : all.subList(from, all.size());
    }

    /**
     * @throws CarafeException.NotFound when the index has nothing for the platform; the message
     *     lists what it has
     */
    public Descriptor choose(ImageIndex index) {
        for (String variant : variants) {
            Platform exact = new Platform(wanted.os(), wanted.architecture(), variant);
            for (Descriptor entry : index.manifests()) {
                if (exact.equals(entry.platform())) {
                    return entry;
                }
            }
        }
        for (Descriptor entry : index.manifests()) {
            if (entry.platform() == null) {
                return entry;
            }
        }
        throw new CarafeException.NotFound(
                "the image has nothing for %s, only: %s".formatted(wanted, offered(index)));
    }

    /**
     * Whether a configuration fits, empty values fitting everything.
     *
     * @throws CarafeException.NotFound when it is for another platform
     */
    public void check(ConfigDocument config) {
        boolean os = config.os().isEmpty() || config.os().equals(wanted.os());
        boolean architecture =
                config.architecture().isEmpty()
                        || platformOf(config).architecture().equals(wanted.architecture());
        if (!os || !architecture) {
            throw new CarafeException.NotFound(
                    "the image is for %s, this node is %s"
                            .formatted(Excerpt.plain(platformOf(config).toString()), wanted));
        }
    }

    private static Platform platformOf(ConfigDocument config) {
        return new Platform(config.os(), config.architecture(), config.variant());
    }

    private static String offered(ImageIndex index) {
        List<String> names = new ArrayList<>();
        for (Descriptor entry : index.manifests()) {
            Platform platform = entry.platform();
            if (platform != null && names.size() < MAX_LISTED) {
                names.add(Excerpt.plain(platform.toString()));
            }
        }
        return names.stream().distinct().collect(Collectors.joining(", "));
    }
}
