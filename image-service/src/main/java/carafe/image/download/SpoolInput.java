package carafe.image.download;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;

/**
 * A blob read while it arrives: waits where it has not come yet, ends with its size. Read by one
 * thread; {@link #close} may come from any, ends a blocked read, and leaves the download.
 */
final class SpoolInput extends InputStream {
    private final Download download;
    private final RandomAccessFile file;
    private final long size;
    private final Download.Share share;
    private long position;
    private long ready;

    SpoolInput(Download download, Download.Share share, RandomAccessFile file, long size) {
        this.download = download;
        this.share = share;
        this.file = file;
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
        if (position == size) {
            return -1;
        }
        if (position == ready) {
            ready = download.awaitBeyond(position, share);
        }
        int count = file.read(into, offset, (int) Math.min(length, ready - position));
        if (count < 0) {
            throw new IOException("the partial blob was cut off at byte %d".formatted(position));
        }
        position += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        share.close();
        file.close();
    }
}
