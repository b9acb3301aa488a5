package carafe.rpc;

/**
 * An RPC that is answered from memory, or from tables that the kernel has in memory, within a few
 * milliseconds: on the thread that read the call, see {@link CallThreads}.
 *
 * @param <Q> request message
 * @param <R> response message
 */
interface Look<Q, R> extends Rpc<Q, R> {
    /** Whether this request needs more than that, a file for example. */
    default boolean mayWait(Q request) {
        return false;
    }
}
