package carafe.image.registry;

import carafe.base.CarafeException;
import carafe.image.download.RangesRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import javax.net.ssl.SSLException;
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
    private final int hosts;
    private final Retry.Scope retry;
    private final long end;
    private long position;
    private long positionOfFailures;
    private int failed;
    private @Nullable IOException lastFailure;
    private final Object waiting = new Object();
    private @Nullable Thread waiter;
    private volatile boolean closed;
    private volatile @Nullable InputStream current;

    /**
     * A part of a blob.
     *
     * @param end exclusive
     */
    record Span(long offset, long end) {}

    /** Opens the blob at a byte. */
    @FunctionalInterface
    interface Opener {
        /**
         * @param failed how many tries failed before
         * @throws CarafeException when trying again is pointless
         */
        InputStream open(long offset, int failed) throws IOException;
    }

    /**
     * @param hosts how many there are; what is hopeless with one may come from another
     * @param span the bytes to give
     */
    BlobStream(Opener opener, int hosts, Retry.Scope retry, Span span) {
        this.opener = opener;
        this.hosts = hosts;
        this.retry = retry;
        this.position = span.offset();
        this.positionOfFailures = span.offset();
        this.end = span.end();
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
        if (position == end) {
            return end(in);
        }
        int count = in.read(into, offset, (int) Math.min(length, end - position));
        if (count < 0) {
            throw new IOException("it ends after %d of %d bytes".formatted(position, end));
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
            throw new OversizeException(end);
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
        if (closed || failure instanceof RangesRefusedException) {
            throw failure;
        }
        boolean maybeElsewhere =
                failed < hosts
                        && (failure instanceof HttpTimeoutException
                                || failure instanceof SSLException);
        if (!maybeElsewhere) {
            retry.refuseHopeless(failure, failed);
        }
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
