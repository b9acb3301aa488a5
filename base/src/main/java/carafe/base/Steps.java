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

    /**
     * A change begins on this thread; the steps reached on it are its stages until it is closed.
     *
     * @param operation stable and dotted, the beginning of its steps' names: {@code pod.run}
     * @param subject id of what is changed
     */
    default Running begin(String operation, String subject) {
        return Running.UNWATCHED;
    }

    /** A change under way. */
    interface Running extends AutoCloseable {
        /** Nobody looks. */
        Running UNWATCHED = () -> {};

        /** It has succeeded; without this it counts as failed when it is closed. */
        default void done() {}

        @Override
        void close();
    }
}
