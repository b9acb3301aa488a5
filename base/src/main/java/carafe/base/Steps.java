package carafe.base;

/**
 * The port through which a use case names the step it has reached, so that a test can pause, fail
 * or kill the process exactly there. Production wires {@link #NONE}. Names are stable and dotted:
 * {@code pod.run.network}.
 */
@FunctionalInterface
public interface Steps {
    /** Steps that nobody watches. */
    Steps NONE = _ -> {};

    /**
     * Called just after the named step was done.
     *
     * @throws RuntimeException only from a test's watcher
     */
    void reached(String step);
}
