package carafe.base.trace;

import java.util.Optional;

/**
 * A piece of work in a trace; ended once. Times are those of {@link System#nanoTime}. Never throws,
 * never waits. Thread-safe.
 */
public interface Span {
    /** Of work that nobody traces. */
    Span NONE = new Span() {};

    /**
     * A piece of this piece.
     *
     * @param name few and fixed: never an id
     */
    default Span child(String name, long beginNanos) {
        return NONE;
    }

    /** Gives it another name. */
    default void rename(String name) {}

    /** A fact, as an id. Never credentials, environment or command lines. */
    default void note(String key, String value) {}

    /** It has failed. */
    default void fail(String why) {}

    default void end(long endNanos) {}

    /** Where it is in its trace; empty when nobody traces it. */
    default Optional<Trace> trace() {
        return Optional.empty();
    }
}
