package carafe.runtime.spec;

import carafe.runtime.api.IdMapping;
import java.util.List;

/**
 * A mount of config.json.
 *
 * @param destination absolute and normal, in the container
 * @param options as the runtime-spec names them
 * @param uidMappings of an idmapped mount, else empty
 * @param gidMappings like them
 */
public record OciMount(
        String destination,
        String type,
        String source,
        List<String> options,
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings) {
    public OciMount {
        options = List.copyOf(options);
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
    }

    /** A mount whose ids are the file system's own. */
    public OciMount(String destination, String type, String source, List<String> options) {
        this(destination, type, source, options, List.of(), List.of());
    }

    /**
     * The source of an image's mount, relative to the bundle; shim.json says what it stands for.
     *
     * @param index of the mount in the request
     */
    public static String imageSource(int index) {
        return "volumes/" + index;
    }
}
