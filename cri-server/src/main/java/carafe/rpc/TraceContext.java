package carafe.rpc;

import carafe.metrics.Trace;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes the caller's trace out of the header {@code traceparent} (W3C Trace Context, version 00),
 * as kubelet sends it when its tracing is on. Only traces that are sampled count; a header of
 * another form is none. Stateless.
 */
public final class TraceContext implements ServerInterceptor {
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Trace> TRACE = Context.key("trace");
    private static final Pattern FORM =
            Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");
    private static final int SAMPLED = 1;

    /** For a server. */
    public TraceContext() {}

    /** The trace of the call that the context is of; null when nobody traces it. */
    static @Nullable Trace of(Context context) {
        return TRACE.get(context);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String header = headers.get(HEADER);
        Trace trace = header == null ? null : parse(header);
        return trace == null
                ? next.startCall(call, headers)
                : Contexts.interceptCall(
                        Context.current().withValue(TRACE, trace), call, headers, next);
    }

    static @Nullable Trace parse(String header) {
        Matcher matcher = FORM.matcher(header);
        boolean sampled =
                matcher.matches() && (Integer.parseInt(matcher.group(3), 16) & SAMPLED) != 0;
        return sampled ? new Trace(matcher.group(1), matcher.group(2)) : null;
    }
}
