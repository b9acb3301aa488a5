package carafe.rpc;

import carafe.base.CarafeException;
import carafe.base.trace.Spans;
import carafe.metrics.RpcMeter;
import com.google.protobuf.MessageLite;
import io.grpc.Context;
import io.grpc.ServerCallHandler;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/**
 * What every RPC with one answer has in common: readiness, the log line, the latency histogram, the
 * end of a call whose caller is gone, the largest answer, and the error border; streams are {@link
 * StreamAdapter}'s. Thread-safe.
 */
final class RpcAdapter {
    private final Readiness readiness;
    private final RpcMeter meter;
    private final int maxAnswerBytes;
    private final StreamAdapter streams;

    RpcAdapter(Readiness readiness, RpcMeter meter, int maxAnswerBytes) {
        this.readiness = readiness;
        this.meter = meter;
        this.maxAnswerBytes = maxAnswerBytes;
        this.streams = new StreamAdapter(readiness, meter, maxAnswerBytes);
    }

    <Q, R> ServerCallHandler<Q, R> handler(Endpoint<Q, R> endpoint) {
        return switch (endpoint) {
            case Route<Q, R> route ->
                    route.rpc() instanceof Look<Q, R> look
                            ? looking(route, look)
                            : ServerCalls.asyncUnaryCall((request, observer) -> {
                                bearCancels(observer);
                                run(route, request, observer);
                            });
            case StreamRoute<Q, R> route -> streams.handler(route);
        };
    }

    private <Q, R> ServerCallHandler<Q, R> looking(Route<Q, R> route, Look<Q, R> look) {
        return new CallThreads.Looking<>(
                ServerCalls.asyncUnaryCall((request, observer) -> {
                    bearCancels(observer);
                    if (look.mayWait(request)) {
                        Thread.ofVirtual()
                                .name("look " + route.name())
                                .start(Context.current().wrap(() -> run(route, request, observer)));
                    } else {
                        run(route, request, observer);
                    }
                }));
    }

    /**
     * Else an answer after a cancel throws. To be done before the thread that told of the call is
     * left.
     */
    private static void bearCancels(StreamObserver<?> observer) {
        if (observer instanceof ServerCallStreamObserver<?> server) {
            server.setOnCancelHandler(() -> {});
        }
    }

    private <Q, R> void run(Route<Q, R> route, Q request, StreamObserver<R> observer) {
        long begin = System.nanoTime();
        Context context = Context.current();
        RpcMeter.Running running = meter.begin(route.name(), TraceContext.of(context));
        Call call = new Call(context, running.span());
        String code = ErrorBorder.OK;
        try {
            R answer = Spans.within(running.span(), () -> callInterruptibly(route, request, call));
            checkSize(route, answer);
            observer.onNext(answer);
            observer.onCompleted();
            CallLog.done(route.name(), route.kind(), call, begin);
        } catch (Throwable failure) { // the border: every failure of every RPC ends here
            ErrorBorder.Verdict verdict =
                    route.kind() == Route.Kind.SERVE && call.isGone()
                            ? ErrorBorder.abandoned(route.name(), call.isOverdue())
                            : ErrorBorder.of(route.name(), failure);
            code = verdict.code();
            observer.onError(verdict.error());
            CallLog.failed(route.name(), route.kind(), call, verdict, failure);
        } finally {
            running.end(code, call.facts());
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
}
