package carafe.streaming.server;

import carafe.base.CarafeException;
import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.StreamBackend;
import carafe.streaming.api.StreamOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Containers in which every command says its input again, its size and the end of its input, and
 * then ends with the code that it is named after. Thread-safe.
 */
final class EchoBackend implements StreamBackend {
    private static final ContainerStream.Event HANG_UP = new ContainerStream.Ended();

    /** Orders that reached it. */
    final List<StreamOrder> orders = new CopyOnWriteArrayList<>();

    /** Conversations that are open. */
    final AtomicInteger open = new AtomicInteger();

    @Override
    public ContainerStream exec(StreamOrder.Exec order) {
        orders.add(order);
        if (order.command().getFirst().equals("nowhere")) {
            throw new CarafeException.Invalid("exec: \"nowhere\": not found");
        }
        open.incrementAndGet();
        return new Echo(Integer.parseInt(order.command().getFirst()));
    }

    @Override
    public ContainerStream attach(StreamOrder.Attach order) {
        orders.add(order);
        open.incrementAndGet();
        return new Echo(0);
    }

    @Override
    public int connect(String podId, int port) {
        throw new CarafeException.Invalid("port %d: connection refused".formatted(port));
    }

    private final class Echo implements ContainerStream {
        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        private final int code;
        private boolean closed;

        Echo(int code) {
            this.code = code;
        }

        @Override
        public Event receive() {
            try {
                Event event = events.take();
                if (event.equals(HANG_UP)) {
                    throw new CarafeException.Precondition("the container has ended");
                }
                return event;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CarafeException.Deadline("interrupted", e);
            }
        }

        @Override
        public void input(byte[] bytes) {
            events.add(new Output(Source.STDOUT, bytes));
        }

        @Override
        public void endInput() {
            events.add(new Output(Source.STDERR, "end of input".getBytes(StandardCharsets.UTF_8)));
            events.add(new Exited(code));
        }

        @Override
        public void resize(int columns, int rows) {
            events.add(
                    new Output(
                            Source.STDOUT,
                            ("size " + columns + "x" + rows).getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
                events.add(HANG_UP);
            }
        }
    }
}
