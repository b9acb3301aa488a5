package carafe.rpc;

import carafe.base.CarafeException;
import carafe.metrics.RpcMeter;
import com.google.protobuf.MessageLite;
import io.grpc.Context;
import io.grpc.ServerCallHandler;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What every RPC has in common: readiness, the log line, the latency histogram, the end of a call
 * whose caller is gone, the largest answer, and the error border. Thread-safe.
 */
final class RpcAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(RpcAdapter.class);

    private final Readiness readiness;
    private final RpcMeter meter;
    private final int maxAnswerBytes;

    RpcAdapter(Readiness readiness, RpcMeter meter, int maxAnswerBytes) {
        this.readiness = readiness;
        this.meter = meter;
        this.maxAnswerBytes = maxAnswerBytes;
    }

    <Q, R> ServerCallHandler<Q, R> handler(Route<Q, R> route) {
        return ServerCalls.asyncUnaryCall((request, observer) -> run(route, request, observer));
    }

    private <Q, R> void run(Route<Q, R> route, Q request, StreamObserver<R> observer) {
        if (observer instanceof ServerCallStreamObserver<R> server) {
            server.setOnCancelHandler(() -> {}); // else an answer after a cancel throws
        }
        long begin = System.nanoTime();
        meter.begin();
        Context context = Context.current();
        Call call = new Call(context);
        String code = ErrorBorder.OK;
        try {
            R answer = callInterruptibly(route, request, call);
            checkSize(route, answer);
            observer.onNext(answer);
            observer.onCompleted();
            log(route, call, begin);
        } catch (Throwable failure) { // the border: every failure of every RPC ends here
            ErrorBorder.Verdict verdict =
                    route.kind() == Route.Kind.SERVE && call.isGone()
                            ? ErrorBorder.abandoned(route.name(), call.isOverdue())
                            : ErrorBorder.of(route.name(), failure);
            code = verdict.code();
            observer.onError(verdict.error());
            logFailure(route, call, verdict, failure);
        } finally {
            meter.end(route.name(), code, Duration.ofNanos(System.nanoTime() - begin));
        }
    }

    /** gRPC tells a cancel to the context at once, to the observer only after the handler ended. */
    private <Q, R> R callInterruptibly(Route<Q, R> route, Q request, Call call) {
        if (route.kind() != Route.Kind.ALWAYS) {
            readiness.check();
        }
        if (route.kind() != Route.Kind.SERVE) {
            return route.rpc().call(request, call);
        }
        Thread handler = Thread.currentThread();
        Context.CancellationListener gone = _ -> handler.interrupt();
        Context context = Context.current();
        context.addListener(gone, Runnable::run);
        try {
            return route.rpc().call(request, call);
        } finally {
            context.removeListener(gone);
        }
    }

    private void checkSize(Route<?, ?> route, Object answer) {
        if (answer instanceof MessageLite message && message.getSerializedSize() > maxAnswerBytes) {
            throw new CarafeException.Exhausted(
                    "%s: the answer of %d bytes is larger than the limit of %d; use a filter"
                            .formatted(route.name(), message.getSerializedSize(), maxAnswerBytes));
        }
    }

    private static void log(Route<?, ?> route, Call call, long begin) {
        Level level =
                switch (route.kind()) {
                    case ALWAYS, READ -> Level.TRACE;
                    case CHANGE, SERVE -> Level.INFO;
                };
        if (LOG.isEnabledForLevel(level)) {
            event(level, route, call)
                    .addKeyValue("ms", (System.nanoTime() - begin) / 1_000_000)
                    .log("Call done");
        }
    }

    private static void logFailure(
            Route<?, ?> route, Call call, ErrorBorder.Verdict verdict, Throwable failure) {
        LoggingEventBuilder event =
                event(verdict.expected() ? level(route) : Level.ERROR, route, call)
                        .addKeyValue("code", verdict.code())
                        .addKeyValue("error", verdict.message());
        if (!verdict.expected() || LOG.isDebugEnabled()) {
            event.setCause(failure).log("Call failed");
        } else {
            event.log("Call failed");
        }
    }

    private static Level level(Route<?, ?> route) {
        return switch (route.kind()) {
            case ALWAYS, READ -> Level.DEBUG;
            case CHANGE, SERVE -> Level.WARN;
        };
    }

    private static LoggingEventBuilder event(Level level, Route<?, ?> route, Call call) {
        LoggingEventBuilder event = LOG.atLevel(level).addKeyValue("rpc", route.name());
        for (Map.Entry<String, Object> fact : call.facts().entrySet()) {
            event = event.addKeyValue(fact.getKey(), fact.getValue());
        }
        return event;
    }
}
