package carafe.runtime.state;

/** Where a pod's life stands; see docs/runtime.md. */
public enum PodPhase {
    /** Being made; in no list. */
    CREATING,
    READY,
    NOT_READY
}
