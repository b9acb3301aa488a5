package carafe.rpc;

import io.grpc.MethodDescriptor;

/**
 * One method of a service and the class behind it.
 *
 * @param <Q> request message
 * @param <R> response message
 */
sealed interface Endpoint<Q, R> permits Route, StreamRoute {
    MethodDescriptor<Q, R> method();

    /** The method's name without the service's. */
    default String name() {
        String bare = method().getBareMethodName();
        return bare == null ? method().getFullMethodName() : bare;
    }
}
