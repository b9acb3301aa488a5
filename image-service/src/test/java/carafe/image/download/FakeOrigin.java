package carafe.image.download;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A blob whose bytes come as a test lets them. Thread-safe. */
final class FakeOrigin implements BlobOrigin {
    final List<String> requests = new CopyOnWriteArrayList<>();
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger mostOpen = new AtomicInteger();
    private final byte[] blob;
    private final int burst;
    private volatile boolean ranges = true;
    private volatile boolean refuses;
    private volatile int failAt = Integer.MAX_VALUE;
    private volatile int stallAt = Integer.MAX_VALUE;
    private volatile long pauseMillis;

    /**
     * @param burst bytes that one read gives
     */
    FakeOrigin(byte[] blob, int burst) {
        this.blob = blob.clone();
        this.burst = burst;
    }

    /** A pause before every read, as of a slow connection. */
    FakeOrigin slow(long millis) {
        pauseMillis = millis;
        return this;
    }

    FakeOrigin failingAt(int offset) {
        failAt = offset;
        return this;
    }

    FakeOrigin stallingAt(int offset) {
        stallAt = offset;
        return this;
    }

    FakeOrigin withoutRanges() {
        ranges = false;
        return this;
    }

    FakeOrigin refusingRanges() {
        refuses = true;
        return this;
    }

    @Override
    public InputStream rest(long offset) {
        requests.add(offset + "-");
        return new Part((int) offset, blob.length, false);
    }

    @Override
    public InputStream range(long offset, long end) {
        requests.add(offset + "-" + end);
        return new Part((int) offset, (int) end, refuses);
    }

    @Override
    public boolean mayRange() {
        return ranges;
    }

    private final class Part extends InputStream {
        private final int end;
        private final boolean refused;
        private final Semaphore closed = new Semaphore(0);
        private int position;

        Part(int position, int end, boolean refused) {
            this.position = position;
            this.end = end;
            this.refused = refused;
            mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                long pause = position >= stallAt ? Long.MAX_VALUE : pauseMillis;
                if (pause > 0 && closed.tryAcquire(pause, TimeUnit.MILLISECONDS)) {
                    throw new IOException("closed");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            if (refused) {
                throw new RangesRefusedException("all of it");
            }
            if (position == end) {
                return -1;
            }
            if (position >= failAt) {
                throw new IOException("it breaks for good");
            }
            int count = Math.min(Math.min(burst, length), end - position);
            System.arraycopy(blob, position, into, offset, count);
            position += count;
            return count;
        }

        @Override
        public void close() {
            open.decrementAndGet();
            closed.release();
        }
    }
}
