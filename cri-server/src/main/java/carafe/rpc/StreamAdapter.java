package carafe.rpc;

import carafe.metrics.RpcMeter;
import io.grpc.Context;
import io.grpc.ServerCallHandler;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/**
 * What every RPC with a stream of answers has in common: readiness, the log line, back-pressure,
 * the end of a caller that is gone or does not read, and the end of Carafe. Each stream runs on a
 * virtual thread of its own, because gRPC tells of readers only when its own thread is free.
 * Thread-safe.
 */
final class StreamAdapter {
    private static final Duration UNREAD = Duration.ofMinutes(1);

    private final Readiness readiness;
    private final RpcMeter meter;
    private final CallOutlet.Limits limits;

    StreamAdapter(Readiness readiness, RpcMeter meter, int maxAnswerBytes) {
        this.readiness = readiness;
        this.meter = meter;
        this.limits = new CallOutlet.Limits(maxAnswerBytes, UNREAD);
    }

    <Q, R> ServerCallHandler<Q, R> handler(StreamRoute<Q, R> route) {
        return (incoming, headers) -> {
            CallOutlet.Begun<Q, R> call = new CallOutlet.Begun<>(incoming);
            return ServerCalls.<Q, R>asyncServerStreamingCall(
                            (request, observer) -> begin(route, request, call, observer))
                    .startCall(call, headers);
        };
    }

    private <Q, R> void begin(
            StreamRoute<Q, R> route,
            Q request,
            CallOutlet.Begun<Q, R> call,
            StreamObserver<R> observer) {
        ServerCallStreamObserver<R> server = (ServerCallStreamObserver<R>) observer;
        CallOutlet<R> out = new CallOutlet<>(route.name(), call, server, limits);
        server.setOnCancelHandler(() -> {}); // else a message after a cancel throws
        server.setOnReadyHandler(out::writable);
        Context context = Context.current();
        Thread.ofVirtual()
                .name("stream " + route.name())
                .start(() -> run(route, request, new Ends<>(context, out, server)));
    }

    /** Both ends of a running stream. */
    private record Ends<R>(Context context, CallOutlet<R> out, StreamObserver<R> observer) {}

    private <Q, R> void run(StreamRoute<Q, R> route, Q request, Ends<R> ends) {
        long begin = System.nanoTime();
        RpcMeter.Running running = meter.begin(route.name(), TraceContext.of(ends.context()));
        Call call = new Call(ends.context(), running.span());
        String code = ErrorBorder.OK;
        try {
            readiness.check();
            callInterruptibly(route, request, call, ends);
            ends.observer().onCompleted();
            CallLog.done(route.name(), Route.Kind.READ, call, begin);
        } catch (Throwable failure) { // the border: every failure of every stream ends here
            ErrorBorder.Verdict verdict = verdict(route.name(), call, failure);
            code = verdict.code();
            ends.observer().onError(verdict.error());
            CallLog.failed(route.name(), Route.Kind.READ, call, verdict, failure);
        } finally {
            running.end(code, call.facts());
        }
    }

    private <Q, R> void callInterruptibly(
            StreamRoute<Q, R> route, Q request, Call call, Ends<R> ends)
            throws InterruptedException {
        Thread stream = Thread.currentThread();
        Context.CancellationListener gone = _ -> stream.interrupt();
        ends.context().addListener(gone, Runnable::run);
        try (Readiness.Registration _ = readiness.whenStopping(stream::interrupt)) {
            route.rpc().call(request, call, ends.out());
        } finally {
            ends.context().removeListener(gone);
        }
    }

    private ErrorBorder.Verdict verdict(String rpc, Call call, Throwable failure) {
        if (call.isGone()) {
            return ErrorBorder.abandoned(rpc, call.isOverdue());
        }
        return failure instanceof InterruptedException
                ? ErrorBorder.of(rpc, readiness.refusal())
                : ErrorBorder.of(rpc, failure);
    }
}
