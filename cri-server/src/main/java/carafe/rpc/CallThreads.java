package carafe.rpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * On which threads calls are answered: those that only look at memory on the event loop that read
 * them, since two ways to other threads cost more than the answer; all others on threads that may
 * wait. Thread-safe.
 */
public final class CallThreads implements ServerCallExecutorSupplier {
    private final Set<String> looks;
    private final Executor handlers;

    /**
     * @param services whose calls these are
     * @param handlers for calls that may wait
     */
    public CallThreads(List<ServerServiceDefinition> services, Executor handlers) {
        this.looks =
                services.stream()
                        .flatMap(service -> service.getMethods().stream())
                        .filter(method -> method.getServerCallHandler() instanceof Looking<?, ?>)
                        .map(method -> method.getMethodDescriptor().getFullMethodName())
                        .collect(Collectors.toUnmodifiableSet());
        this.handlers = handlers;
    }

    @Override
    public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
        return looks.contains(call.getMethodDescriptor().getFullMethodName())
                ? Runnable::run
                : handlers;
    }

    /** Answers a call that only looks at memory. */
    record Looking<Q, R>(ServerCallHandler<Q, R> handler) implements ServerCallHandler<Q, R> {
        @Override
        public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
            return handler.startCall(call, headers);
        }
    }
}
