package carafe.image.download;

import carafe.base.CarafeException;
import carafe.image.store.DiskFull;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;

/** Brings runs of bytes into the spool's file. Used by one thread; owns its buffer and file. */
final class Transfer implements AutoCloseable {
    private static final int BUFFER_BYTES = 128 * 1024;

    private final Download download;
    private final BlobOrigin origin;
    private final RandomAccessFile file;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    Transfer(Download download, Spool spool, BlobOrigin origin) throws IOException {
        this.download = download;
        this.origin = origin;
        this.file = spool.writer();
    }

    /**
     * @throws CarafeException.Exhausted when the disk is full
     */
    void fetch(RunPlan.Run run) throws IOException {
        try (InputStream in =
                run.exact() ? origin.range(run.offset(), run.end()) : origin.rest(run.offset())) {
            copy(run, in);
        } catch (RangesRefusedException e) {
            download.refused(run);
        }
    }

    private void copy(RunPlan.Run run, InputStream in) throws IOException {
        long position = run.offset();
        file.seek(position);
        while (true) {
            int count = in.read(buffer, 0, buffer.length);
            if (count < 0) {
                return;
            }
            write(count);
            boolean goesOn = download.arrived(run, position, count);
            position += count;
            if (!goesOn && position < run.end()) {
                return;
            }
        }
    }

    private void write(int count) throws IOException {
        try {
            file.write(buffer, 0, count);
        } catch (IOException e) {
            if (DiskFull.is(e)) {
                throw new CarafeException.Exhausted("no room on the disk for the blob", e);
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
