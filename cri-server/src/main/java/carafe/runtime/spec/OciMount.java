package carafe.runtime.spec;

import carafe.runtime.api.IdMapping;
import java.util.List;

/**
 * A mount of config.json.
 *
 * @param destination absolute and normal, in the container
 * @param options as the runtime-spec names them
 * @param uidMappings how its users are to appear; empty = as they are
 * @param gidMappings as {@code uidMappings}
 */
public record OciMount(
        String destination,
        String type,
        String source,
        List<String> options,
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings) {
    private static final String IMAGES = "volumes/";
    private static final String OWN = "own";

    public OciMount {
        options = List.copyOf(options);
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
    }

    /** One whose ids appear as they are. */
    public OciMount(String destination, String type, String source, List<String> options) {
        this(destination, type, source, options, List.of(), List.of());
    }

    /**
     * The source of an image's mount, relative to the bundle; shim.json says what it stands for.
     *
     * @param index of the mount in the request
     */
    public static String imageSource(int index) {
        return IMAGES + index;
    }

    /**
     * The source of a mount of the container's own root, told as {@link #imageSource}.
     *
     * @param path in the container, absolute
     */
    public static String ownSource(String path) {
        return OWN + path;
    }

    /**
     * Whether a source is one of those, which only the shim can make; sources on the node are
     * absolute.
     */
    public static boolean isMadeByShim(String source) {
        return source.startsWith(IMAGES) || source.startsWith(OWN + "/");
    }
}
