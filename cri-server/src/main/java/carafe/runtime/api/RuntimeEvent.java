package carafe.runtime.api;

import org.jspecify.annotations.Nullable;

/**
 * Something happened to a container or, with the pod's own id as container id, to a pod.
 *
 * @param sandboxId the pod concerned
 * @param pod as it was just after, with its containers; absent when it was gone already
 * @param atNanos Unix time
 */
public record RuntimeEvent(
        Kind kind,
        String containerId,
        String sandboxId,
        @Nullable SandboxStatus pod,
        long atNanos) {
    /** What happened. */
    public enum Kind {
        CREATED,
        STARTED,
        STOPPED,
        DELETED
    }
}
