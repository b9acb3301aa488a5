package carafe.runtime.event;

/**
 * Something happened to a container or, with the pod's own id as container id, to a pod.
 *
 * @param sandboxId the pod concerned
 * @param atNanos Unix time
 */
public record RuntimeEvent(Kind kind, String containerId, String sandboxId, long atNanos) {
    /** What happened. */
    public enum Kind {
        CREATED,
        STARTED,
        STOPPED,
        DELETED
    }
}
