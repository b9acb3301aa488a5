package carafe.runtime.port;

/**
 * What a live shim says of its container.
 *
 * @param init the first process, also when it has ended
 */
public record ShimState(Phase phase, ProcessId init) {
    /** Where the container's life stands. */
    public enum Phase {
        CREATED,
        RUNNING,
        EXITED
    }
}
