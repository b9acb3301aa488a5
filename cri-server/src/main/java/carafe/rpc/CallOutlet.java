package carafe.rpc;

import carafe.base.CarafeException;
import com.google.protobuf.MessageLite;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream over gRPC. Sending belongs to one thread; {@link #writable} comes from gRPC's.
 *
 * @param <R> response message
 */
final class CallOutlet<R> implements Outlet<R> {
    private final String rpc;
    private final Begun<?, R> call;
    private final ServerCallStreamObserver<R> observer;
    private final Limits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition writable = lock.newCondition();

    /**
     * @param messageBytes largest message
     * @param unread how long a caller may leave messages unread
     */
    record Limits(int messageBytes, Duration unread) {}

    CallOutlet(String rpc, Begun<?, R> call, ServerCallStreamObserver<R> observer, Limits limits) {
        this.rpc = rpc;
        this.call = call;
        this.observer = observer;
        this.limits = limits;
    }

    @Override
    public void begin() {
        call.sendHeaders(new Metadata());
    }

    @Override
    public void send(R message) throws InterruptedException {
        checkSize(message);
        awaitReader();
        observer.onNext(message);
    }

    /** The caller has read; from a thread of gRPC's. */
    void writable() {
        lock.lock();
        try {
            writable.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitReader() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = limits.unread().toNanos();
            while (!observer.isReady()) {
                if (left <= 0) {
                    throw new CarafeException.Exhausted(
                            "%s: the caller has not read for %d s; read faster or ask for less"
                                    .formatted(rpc, limits.unread().toSeconds()));
                }
                left = writable.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void checkSize(R message) {
        if (message instanceof MessageLite m && m.getSerializedSize() > limits.messageBytes()) {
            throw new CarafeException.Exhausted(
                    "%s: one message of %d bytes is larger than the limit of %d"
                            .formatted(rpc, m.getSerializedSize(), limits.messageBytes()));
        }
    }

    /** A call whose headers may be sent before its first message. */
    static final class Begun<Q, R> extends ForwardingServerCall.SimpleForwardingServerCall<Q, R> {
        private boolean sent;

        Begun(ServerCall<Q, R> call) {
            super(call);
        }

        @Override
        public void sendHeaders(Metadata headers) {
            if (!sent) {
                sent = true;
                super.sendHeaders(headers);
            }
        }
    }
}
