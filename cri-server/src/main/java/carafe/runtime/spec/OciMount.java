package carafe.runtime.spec;

import java.util.List;

/**
 * A mount of config.json.
 *
 * @param destination absolute and normal, in the container
 * @param options as the runtime-spec names them
 */
public record OciMount(String destination, String type, String source, List<String> options) {
    public OciMount {
        options = List.copyOf(options);
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
