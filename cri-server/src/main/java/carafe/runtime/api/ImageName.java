package carafe.runtime.api;

import java.util.Map;

/**
 * How a container names its image.
 *
 * @param image tag, digest reference or id of an image on this node
 * @param userSpecified what the user wrote, given back in lists and status
 * @param ref id of the image of an image volume, once it was found; empty in requests
 */
public record ImageName(
        String image,
        String userSpecified,
        String runtimeHandler,
        Map<String, String> annotations,
        String ref) {
    public ImageName {
        annotations = Map.copyOf(annotations);
    }

    /** As a request names it. */
    public ImageName(
            String image,
            String userSpecified,
            String runtimeHandler,
            Map<String, String> annotations) {
        this(image, userSpecified, runtimeHandler, annotations, "");
    }

    /** The same name, with the id of what was found. */
    public ImageName found(String id) {
        return new ImageName(image, userSpecified, runtimeHandler, annotations, id);
    }
}
