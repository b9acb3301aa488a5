package carafe.streaming.session;

import carafe.streaming.api.ContainerStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends, between the event loop that reads it and the thread that hands it to the
 * container. Holds little more than its limit, since the event loop stops reading then.
 * Thread-safe.
 */
public final class CommandInput {
    private static final int HIGH_BYTES = 128 << 10;
    private static final int LOW_BYTES = 32 << 10;

    /** What an entry without bytes counts, so that many of them fill the queue too. */
    private static final int ENTRY_BYTES = 64;

    private final Queue<Entry> entries = new ArrayDeque<>();
    private final Gate gate;
    private int held;
    private boolean paused;
    private boolean inputEnded;
    private boolean closed;

    /** Lets the client's bytes come or not; called under a lock, so it must not wait. */
    @FunctionalInterface
    public interface Gate {
        void open(boolean open);
    }

    private sealed interface Entry {
        int size();

        void give(ContainerStream stream);

        @SuppressWarnings("ArrayRecordComponent") // moved once, never compared
        record Bytes(byte[] bytes) implements Entry {
            @Override
            public int size() {
                return ENTRY_BYTES + bytes.length;
            }

            @Override
            public void give(ContainerStream stream) {
                stream.input(bytes);
            }
        }

        record End() implements Entry {
            @Override
            public int size() {
                return ENTRY_BYTES;
            }

            @Override
            public void give(ContainerStream stream) {
                stream.endInput();
            }
        }

        record Resize(int columns, int rows) implements Entry {
            @Override
            public int size() {
                return ENTRY_BYTES;
            }

            @Override
            public void give(ContainerStream stream) {
                stream.resize(columns, rows);
            }
        }
    }

    public CommandInput(Gate gate) {
        this.gate = gate;
    }

    /**
     * Bytes for standard input.
     *
     * @param bytes at most 64 KiB, given away; none are ignored, and so are all after the end
     */
    public synchronized void bytes(byte[] bytes) {
        if (bytes.length > 0 && !inputEnded) {
            add(new Entry.Bytes(bytes));
        }
    }

    /** End of standard input; only the first one counts. */
    public synchronized void end() {
        if (!inputEnded) {
            inputEnded = true;
            add(new Entry.End());
        }
    }

    public synchronized void resize(int columns, int rows) {
        add(new Entry.Resize(columns, rows));
    }

    /** Nothing is wanted any more: what waits is dropped, whoever waits is freed. */
    public synchronized void close() {
        closed = true;
        entries.clear();
        held = 0;
        notifyAll();
        if (paused) {
            paused = false;
            gate.open(true);
        }
    }

    /** Hands everything to the container until the close. */
    void feed(ContainerStream stream) throws InterruptedException {
        Entry next = take();
        while (next != null) {
            next.give(stream);
            next = take();
        }
    }

    private synchronized @Nullable Entry take() throws InterruptedException {
        while (entries.isEmpty() && !closed) {
            wait();
        }
        Entry entry = entries.poll();
        if (entry != null) {
            held -= entry.size();
            if (paused && held <= LOW_BYTES) {
                paused = false;
                gate.open(true);
            }
        }
        return entry;
    }

    private void add(Entry entry) {
        if (closed) {
            return;
        }
        entries.add(entry);
        held += entry.size();
        notifyAll();
        if (!paused && held >= HIGH_BYTES) {
            paused = true;
            gate.open(false);
        }
    }
}
