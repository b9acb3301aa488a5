package carafe.rpc;

/**
 * One RPC that answers with a stream: translates the request, asks one use case, sends what it
 * tells. Throws {@link carafe.base.CarafeException}s; anything else is a defect. Thread-safe.
 *
 * @param <Q> request message
 * @param <R> response message
 */
interface StreamRpc<Q, R> {
    /**
     * Runs on a thread of its own; the stream ends well when it returns.
     *
     * @param call the caller's deadline, and where to note what the log should say
     * @param out takes the answers
     * @throws InterruptedException when the caller is gone or Carafe stops
     */
    void call(Q request, Call call, Outlet<R> out) throws InterruptedException;
}
