package carafe.runtime.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which sandboxes a list shows; all conditions must hold.
 *
 * @param idPrefix empty = any
 * @param state absent = any
 * @param labels that a sandbox must carry
 */
public record SandboxFilter(
        String idPrefix, @Nullable SandboxState state, Map<String, String> labels) {
    /** Every sandbox. */
    public static final SandboxFilter ALL = new SandboxFilter("", null, Map.of());

    public SandboxFilter {
        labels = Map.copyOf(labels);
    }
}
