package carafe.server;

import carafe.metrics.Count;
import carafe.metrics.Families;
import carafe.metrics.Meters;
import carafe.metrics.Timing;
import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.StreamBackend;
import carafe.streaming.api.StreamOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Streams that are counted while they are open. Thread-safe. */
final class CountedStreams implements StreamBackend {
    private static final String OK = "ok";
    private static final String FAILED = "failed";

    private final StreamBackend streams;
    private final Timing timing;
    private final Count bytes;
    private final AtomicInteger execs = new AtomicInteger();
    private final AtomicInteger attaches = new AtomicInteger();

    CountedStreams(StreamBackend streams, Meters meters) {
        this.streams = streams;
        this.timing = meters.timing(Families.STREAM);
        this.bytes = meters.count(Families.STREAM_BYTES);
        meters.read(
                List.of(Families.STREAMS_RUNNING),
                rows -> {
                    rows.row(Families.STREAMS_RUNNING, execs.get(), "exec");
                    rows.row(Families.STREAMS_RUNNING, attaches.get(), "attach");
                });
    }

    @Override
    public ContainerStream exec(StreamOrder.Exec order) {
        return open("exec", execs, () -> streams.exec(order));
    }

    @Override
    public ContainerStream attach(StreamOrder.Attach order) {
        return open("attach", attaches, () -> streams.attach(order));
    }

    @Override
    public int connect(String podId, int port) {
        long begin = System.nanoTime();
        String result = FAILED;
        try {
            int descriptor = streams.connect(podId, port);
            result = OK;
            return descriptor;
        } finally {
            timing.nanos(System.nanoTime() - begin, "portforward", result);
        }
    }

    private ContainerStream open(
            String kind, AtomicInteger running, Supplier<ContainerStream> opener) {
        long begin = System.nanoTime();
        try {
            ContainerStream stream = opener.get();
            running.incrementAndGet();
            return new Counted(kind, running, stream, begin);
        } catch (RuntimeException e) {
            timing.nanos(System.nanoTime() - begin, kind, FAILED);
            throw e;
        }
    }

    private final class Counted implements ContainerStream {
        private final String kind;
        private final AtomicInteger running;
        private final ContainerStream stream;
        private final long begin;
        private final AtomicBoolean closed = new AtomicBoolean();

        Counted(String kind, AtomicInteger running, ContainerStream stream, long begin) {
            this.kind = kind;
            this.running = running;
            this.stream = stream;
            this.begin = begin;
        }

        @Override
        public Event receive() {
            Event event = stream.receive();
            if (event instanceof Output output) {
                bytes.add(output.bytes().length, kind, "out");
            }
            return event;
        }

        @Override
        public void input(byte[] input) {
            stream.input(input);
            bytes.add(input.length, kind, "in");
        }

        @Override
        public void endInput() {
            stream.endInput();
        }

        @Override
        public void resize(int columns, int rows) {
            stream.resize(columns, rows);
        }

        @Override
        public void close() {
            try {
                stream.close();
            } finally {
                if (closed.compareAndSet(false, true)) {
                    running.decrementAndGet();
                    timing.nanos(System.nanoTime() - begin, kind, OK);
                }
            }
        }
    }
}
