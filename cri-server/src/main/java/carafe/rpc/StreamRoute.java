package carafe.rpc;

import io.grpc.MethodDescriptor;

/**
 * Which class answers a method with a stream.
 *
 * @param <Q> request message
 * @param <R> response message
 */
record StreamRoute<Q, R>(MethodDescriptor<Q, R> method, StreamRpc<Q, R> rpc)
        implements Endpoint<Q, R> {}
