package carafe.image.registry;

import carafe.base.CarafeException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A blob as one stream, whatever happens to connections meanwhile: after a break it goes on at the
 * byte it had reached. Gives exactly the size that was announced, or fails. Tries are counted since
 * the last mebibyte of progress; the last failure is a {@link CarafeException} that names the blob.
 * Read by one thread; {@link #close} may come from any and ends a blocked read.
 */
final class BlobStream extends InputStream {
    private static final long PROGRESS = 1 << 20;

    private final Opener opener;
    private final Retry.Scope retry;
    private final long size;
    private long position;
    private long positionOfFailures;
    private int failed;
    private @Nullable IOException lastFailure;
    private final Object waiting = new Object();
    private @Nullable Thread waiter;
    private volatile boolean closed;
    private volatile @Nullable InputStream current;

    /** Opens the blob at a byte. */
    @FunctionalInterface
    interface Opener {
        /**
         * @param failed how many tries failed before
         * @throws CarafeException when trying again is pointless
         */
        InputStream open(long offset, int failed) throws IOException;
    }

    BlobStream(Opener opener, Retry.Scope retry, long size) {
        this.opener = opener;
        this.retry = retry;
        this.size = size;
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
        while (true) {
            try {
                return readOnce(into, offset, length);
            } catch (IOException e) {
                recover(e);
            }
        }
    }

    private int readOnce(byte[] into, int offset, int length) throws IOException {
        InputStream in = current;
        if (in == null) {
            in = reopen();
        }
        if (position == size) {
            return end(in);
        }
        int count = in.read(into, offset, (int) Math.min(length, size - position));
        if (count < 0) {
            throw new IOException("it ends after %d of %d bytes".formatted(position, size));
        }
        position += count;
        return count;
    }

    /** Opens at the reached position; {@link #close} interrupts it. */
    private InputStream reopen() throws IOException {
        synchronized (waiting) {
            refuseClosed();
            waiter = Thread.currentThread();
        }
        InputStream opened = null;
        try {
            if (lastFailure != null) {
                retry.waitAfter(failed, lastFailure);
            }
            opened = opener.open(position, failed);
            return opened;
        } finally {
            synchronized (waiting) {
                waiter = null;
                current = opened;
                if (closed) {
                    var _ = Thread.interrupted(); // else the reader's next wait would end
                    dropCurrent();
                }
            }
        }
    }

    private void refuseClosed() throws IOException {
        if (closed) {
            throw new IOException("the transfer was given up");
        }
    }

    private int end(InputStream in) throws IOException {
        if (in.read() >= 0) {
            throw new OversizeException(size);
        }
        return -1;
    }

    private void recover(IOException failure) throws IOException {
        dropCurrent();
        if (position - positionOfFailures >= PROGRESS) {
            failed = 0;
        }
        positionOfFailures = position;
        failed++;
        if (closed) {
            throw failure;
        }
        retry.refuseHopeless(failure, failed);
        lastFailure = failure;
    }

    private void dropCurrent() {
        InputStream broken = current;
        current = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (IOException e) {
                // it broke before; nothing depends on how it closes
            }
        }
    }

    @Override
    public void close() throws IOException {
        InputStream in;
        synchronized (waiting) {
            closed = true;
            in = current;
            Thread stuck = waiter;
            if (stuck != null) {
                stuck.interrupt();
            }
        }
        if (in != null) {
            in.close();
        }
    }
}
