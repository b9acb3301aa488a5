package carafe.runtime.api;

import java.util.Map;

/**
 * How a container names its image.
 *
 * @param image tag, digest reference or id of an image on this node
 * @param userSpecified what the user wrote, given back in lists and status
 */
public record ImageName(
        String image,
        String userSpecified,
        String runtimeHandler,
        Map<String, String> annotations) {
    public ImageName {
        annotations = Map.copyOf(annotations);
    }
}
