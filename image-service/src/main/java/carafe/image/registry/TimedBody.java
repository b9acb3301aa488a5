package carafe.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A response's body as a stream whose reader waits only so long for the peer. What is read ahead is
 * bounded: more is asked for only while less than {@value #AHEAD_BYTES} bytes wait. Read by one
 * thread; {@link #close} may come from any thread and ends a blocked read and the transfer.
 */
final class TimedBody extends InputStream implements HttpResponse.BodySubscriber<InputStream> {
    private static final int AHEAD_BYTES = 128 << 10;
    private static final List<ByteBuffer> END = List.of();

    private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
    private final Deque<ByteBuffer> current = new ArrayDeque<>();
    private final AtomicLong ahead = new AtomicLong();
    private final AtomicBoolean asked = new AtomicBoolean();
    private final TransferLimits limits;
    private volatile Flow.@Nullable Subscription subscription;
    private volatile @Nullable Throwable failure;
    private volatile boolean complete;
    private volatile boolean closed;
    private boolean ended;
    private long waitedNanos;
    private long bytesSinceProgress;

    TimedBody(TransferLimits limits) {
        this.limits = limits;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription started) {
        subscription = started;
        if (closed) {
            started.cancel();
        } else {
            askForMore(0);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        asked.set(false); // before the reader can see them: it asks when this thread does not
        long waiting = ahead.addAndGet(bytesOf(buffers));
        arrived.add(buffers);
        askForMore(waiting);
    }

    /** The next buffers, one list at a time: nobody knows how large the next one is. */
    private void askForMore(long waiting) {
        Flow.Subscription running = subscription;
        if (waiting < AHEAD_BYTES && running != null && asked.compareAndSet(false, true)) {
            running.request(1);
        }
    }

    private static long bytesOf(List<ByteBuffer> buffers) {
        return buffers.stream().mapToLong(ByteBuffer::remaining).sum();
    }

    @Override
    public void onError(Throwable cause) {
        failure = cause;
        arrived.add(END);
    }

    @Override
    public void onComplete() {
        complete = true;
        arrived.add(END);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        ByteBuffer buffer = nextBuffer();
        if (buffer == null) {
            return -1;
        }
        int count = 0;
        while (buffer != null && count < length) {
            int piece = Math.min(length - count, buffer.remaining());
            buffer.get(into, offset + count, piece);
            count += piece;
            buffer = bufferThatIsHere();
        }
        return count;
    }

    private @Nullable ByteBuffer bufferThatIsHere() {
        while (!current.isEmpty() && !current.element().hasRemaining()) {
            current.remove();
        }
        return current.peek();
    }

    private @Nullable ByteBuffer nextBuffer() throws IOException {
        while (true) {
            if (closed) {
                throw new IOException("the transfer was given up");
            }
            ByteBuffer head = current.peek();
            if (head != null && head.hasRemaining()) {
                return head;
            }
            if (head != null) {
                current.remove();
            } else if (ended) {
                return null;
            } else {
                take();
            }
        }
    }

    private void take() throws IOException {
        List<ByteBuffer> buffers = await();
        if (buffers.isEmpty()) {
            Throwable cause = failure;
            if (cause != null) {
                throw new IOException("the transfer broke: " + cause.getMessage());
            }
            ended = complete;
            return;
        }
        long waiting = ahead.addAndGet(-bytesOf(buffers));
        current.addAll(buffers);
        askForMore(waiting);
    }

    private List<ByteBuffer> await() throws IOException {
        long start = System.nanoTime();
        List<ByteBuffer> buffers;
        try {
            long left = limits.noProgress().toNanos() - waitedNanos;
            buffers = arrived.poll(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the transfer was given up");
        }
        waitedNanos += System.nanoTime() - start;
        if (buffers == null) {
            close();
            throw new HttpTimeoutException("no progress within " + limits.noProgress());
        }
        bytesSinceProgress += bytesOf(buffers);
        if (bytesSinceProgress >= limits.progressBytes()) {
            bytesSinceProgress = 0;
            waitedNanos = 0;
        }
        return buffers;
    }

    @Override
    public void close() {
        closed = true;
        Flow.Subscription running = subscription;
        if (running != null) {
            running.cancel();
        }
        arrived.add(END);
    }
}
