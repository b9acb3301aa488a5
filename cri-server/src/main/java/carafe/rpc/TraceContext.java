package carafe.rpc;

import carafe.base.trace.Trace;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Optional;

/**
 * Takes the caller's trace out of the header {@code traceparent} (W3C Trace Context, version 00),
 * as kubelet sends it when its tracing is on. A header of another form is none. Stateless.
 */
public final class TraceContext implements ServerInterceptor {
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Trace> TRACE = Context.key("trace");

    /** For a server. */
    public TraceContext() {}

    /** What the caller of the call that the context is of says of its trace. */
    static Optional<Trace> of(Context context) {
        return Optional.ofNullable(TRACE.get(context));
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String header = headers.get(HEADER);
        Optional<Trace> trace = header == null ? Optional.empty() : Trace.parse(header);
        return trace.isEmpty()
                ? next.startCall(call, headers)
                : Contexts.interceptCall(
                        Context.current().withValue(TRACE, trace.get()), call, headers, next);
    }
}
