package carafe.runtime.fake;

import java.util.ArrayList;
import java.util.List;

/**
 * Fails the n-th thing that a fake does: before doing it, or after it is done and before the caller
 * is told. Thread-safe.
 */
public final class Faults {
    private final List<String> seen = new ArrayList<>();
    private int failing = Integer.MAX_VALUE;
    private boolean after;

    /** Something that a fake does; what it throws is its own failure. */
    @FunctionalInterface
    public interface Action<T, E extends Exception> {
        T run() throws E;
    }

    /** Makes the failure that a port throws. */
    @FunctionalInterface
    public interface Failure<E extends Exception> {
        E of(String what);
    }

    /** Fails the n-th of the next things, counted from 0, before it is done. */
    public synchronized void failBefore(int n) {
        seen.clear();
        failing = n;
        after = false;
    }

    /** Fails the n-th of the next things, counted from 0, when it is done. */
    public synchronized void failAfter(int n) {
        seen.clear();
        failing = n;
        after = true;
    }

    /** Fails nothing any more. */
    public synchronized void none() {
        seen.clear();
        failing = Integer.MAX_VALUE;
    }

    /** Whether the n-th thing was reached since it was chosen. */
    public synchronized boolean reached() {
        return seen.size() > failing;
    }

    /** What was done since the last choice, for messages. */
    public synchronized List<String> seen() {
        return List.copyOf(seen);
    }

    public <T, E extends Exception> T run(String what, Action<T, E> action, Failure<E> failure)
            throws E {
        boolean fails;
        synchronized (this) {
            fails = seen.size() == failing;
            seen.add(what);
        }
        if (fails && !after) {
            throw failure.of("made to fail before: " + what);
        }
        T result = action.run();
        if (fails) {
            throw failure.of("made to fail after: " + what);
        }
        return result;
    }
}
