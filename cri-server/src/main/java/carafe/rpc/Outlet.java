package carafe.rpc;

/**
 * The caller's end of a stream. Used by one thread.
 *
 * @param <R> response message
 */
interface Outlet<R> {
    /** Tells the caller that the stream has begun, though there may be nothing to send for long. */
    void begin();

    /**
     * Sends one message. Waits while the caller does not read, so that at most this message and
     * gRPC's own 32 KiB are held for it.
     *
     * @throws carafe.base.CarafeException.Exhausted when the caller has not read for too long, or
     *     the message is larger than the limit
     * @throws InterruptedException when the caller is gone or Carafe stops
     */
    void send(R message) throws InterruptedException;
}
