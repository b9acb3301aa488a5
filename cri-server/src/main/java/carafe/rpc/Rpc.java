package carafe.rpc;

/**
 * One RPC: translates the request, calls one use case, translates the answer. Throws {@link
 * carafe.base.CarafeException}s; anything else is a defect. Thread-safe.
 *
 * @param <Q> request message
 * @param <R> response message
 */
interface Rpc<Q, R> {
    /**
     * @param call the caller's deadline, and where to note what the log should say
     */
    R call(Q request, Call call);
}
