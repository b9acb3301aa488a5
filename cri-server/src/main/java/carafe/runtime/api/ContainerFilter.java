package carafe.runtime.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which containers a list shows; all conditions must hold.
 *
 * @param idPrefix empty = any
 * @param sandboxIdPrefix empty = any
 * @param phase absent = any
 * @param labels that a container must carry
 */
public record ContainerFilter(
        String idPrefix,
        String sandboxIdPrefix,
        @Nullable ContainerPhase phase,
        Map<String, String> labels) {
    /** Every container. */
    public static final ContainerFilter ALL = new ContainerFilter("", "", null, Map.of());

    public ContainerFilter {
        labels = Map.copyOf(labels);
    }
}
