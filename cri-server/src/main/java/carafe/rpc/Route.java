package carafe.rpc;

import io.grpc.MethodDescriptor;

/**
 * Which class answers a method, and how the adapter treats it.
 *
 * @param <Q> request message
 * @param <R> response message
 */
record Route<Q, R>(MethodDescriptor<Q, R> method, Kind kind, Rpc<Q, R> rpc)
        implements Endpoint<Q, R> {

    /** How the adapter treats a call. */
    enum Kind {
        /** Answers before recovery is done, and while the daemon stops. */
        ALWAYS,
        /** Changes nothing: logged at trace. */
        READ,
        /** Changes state: logged at info, ends even when the caller is gone. */
        CHANGE,
        /** Works for the caller only: logged at info, interrupted when the caller is gone. */
        SERVE
    }

    static <Q, R> Route<Q, R> always(MethodDescriptor<Q, R> method, Rpc<Q, R> rpc) {
        return new Route<>(method, Kind.ALWAYS, rpc);
    }

    static <Q, R> Route<Q, R> read(MethodDescriptor<Q, R> method, Rpc<Q, R> rpc) {
        return new Route<>(method, Kind.READ, rpc);
    }

    static <Q, R> Route<Q, R> change(MethodDescriptor<Q, R> method, Rpc<Q, R> rpc) {
        return new Route<>(method, Kind.CHANGE, rpc);
    }

    static <Q, R> Route<Q, R> serve(MethodDescriptor<Q, R> method, Rpc<Q, R> rpc) {
        return new Route<>(method, Kind.SERVE, rpc);
    }
}
