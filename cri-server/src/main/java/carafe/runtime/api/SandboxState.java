package carafe.runtime.api;

/** What a list shows of a sandbox's life. */
public enum SandboxState {
    READY,
    NOT_READY
}
