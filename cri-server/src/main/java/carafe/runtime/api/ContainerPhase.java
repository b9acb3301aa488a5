package carafe.runtime.api;

/** What a list shows of a container's life. */
public enum ContainerPhase {
    CREATED,
    RUNNING,
    EXITED,
    /** Its shim does not answer for now. */
    UNKNOWN
}
