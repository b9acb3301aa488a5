package carafe.runtime.api;

import java.util.Map;

/**
 * A container in a list.
 *
 * @param image as the user wrote it
 * @param imageRef digest reference, or the id when there is none
 * @param imageId digest of the image's configuration
 * @param createdAtNanos Unix time
 */
public record ContainerView(
        String id,
        String sandboxId,
        ContainerMetadata metadata,
        ImageName image,
        String imageRef,
        String imageId,
        ContainerPhase phase,
        long createdAtNanos,
        Map<String, String> labels,
        Map<String, String> annotations) {
    public ContainerView {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}
