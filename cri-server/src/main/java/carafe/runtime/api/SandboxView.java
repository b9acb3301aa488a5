package carafe.runtime.api;

import java.util.Map;

/**
 * A sandbox in a list.
 *
 * @param createdAtNanos Unix time
 */
public record SandboxView(
        String id,
        SandboxMetadata metadata,
        SandboxState state,
        long createdAtNanos,
        Map<String, String> labels,
        Map<String, String> annotations,
        String runtimeHandler) {
    public SandboxView {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}
