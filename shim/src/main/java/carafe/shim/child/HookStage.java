package carafe.shim.child;

/** When control has hooks run by a child of its own. */
public enum HookStage {
    /** All is made but the change of the root; the hooks of creation, in their order. */
    CREATE,
    /** The program runs. */
    POSTSTART
}
