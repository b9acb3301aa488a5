package carafe.runtime.api;

/** One subscriber's view of what happens since it subscribed. Used by one thread; closed by it. */
public interface Subscription extends AutoCloseable {
    /**
     * Waits for the next event; they come in the order in which they happened.
     *
     * @throws carafe.base.CarafeException.Exhausted when the subscriber was so slow that events
     *     after the last one it got are lost
     */
    RuntimeEvent next() throws InterruptedException;

    @Override
    void close();
}
