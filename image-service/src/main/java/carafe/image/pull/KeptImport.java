package carafe.image.pull;

import carafe.base.CarafeException;
import carafe.image.download.BlobOrigin;
import carafe.image.download.Downloads;
import carafe.image.manifest.Descriptor;
import carafe.image.unpack.LayerSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An archive whose blobs are to be kept: they are copied out of it the way that others come from a
 * registry. As thread-safe as the archive.
 */
public final class KeptImport extends ForwardingSource {
    private final Downloads downloads;

    public KeptImport(ImageSource archive, Downloads downloads) {
        super(archive);
        this.downloads = downloads;
    }

    @Override
    public LayerSource.Fetch layer(Descriptor descriptor, int failed) {
        return RegistrySource.downloaded(
                downloads.begin(
                        descriptor.digest(),
                        descriptor.sizeBytes(),
                        new InArchive(source, descriptor),
                        failed == 0 ? Downloads.Trial.FIRST : Downloads.Trial.AGAIN));
    }

    /** What was kept earlier may be damaged. */
    @Override
    public int tries() {
        return Math.max(2, super.tries());
    }

    @Override
    public void giveUp(List<Descriptor> layers) {
        layers.forEach(layer -> downloads.giveUp(layer.digest()));
    }

    private record InArchive(ImageSource archive, Descriptor blob) implements BlobOrigin {
        @Override
        public InputStream rest(long offset) {
            return new Rest(archive, blob, offset);
        }

        @Override
        public InputStream range(long offset, long end) {
            throw new IllegalStateException("a copy has one reader");
        }

        @Override
        public boolean mayRange() {
            return false;
        }
    }

    /** Opened with the first byte. Read by one thread; closed by any. */
    private static final class Rest extends InputStream {
        private final ImageSource archive;
        private final Descriptor blob;
        private @Nullable InputStream in;
        private long position;
        private boolean closed;

        Rest(ImageSource archive, Descriptor blob, long offset) {
            this.archive = archive;
            this.blob = blob;
            this.position = offset;
        }

        private synchronized InputStream opened() throws IOException {
            InputStream open = in;
            if (closed) {
                throw new IOException("the import was given up");
            }
            if (open == null) {
                open = archive.blob(blob, 0);
                in = open;
                open.skipNBytes(position);
            }
            return open;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        /**
         * @throws CarafeException.Invalid when the archive has fewer bytes than it says
         */
        @Override
        public int read(byte[] into, int at, int length) throws IOException {
            long left = blob.sizeBytes() - position;
            if (left <= 0) {
                return -1;
            }
            int count = opened().read(into, at, (int) Math.min(length, left));
            if (count < 0) {
                throw new CarafeException.Invalid(
                        "the archive's blob %s has %d bytes, %d are promised"
                                .formatted(blob.digest(), position, blob.sizeBytes()));
            }
            position += count;
            return count;
        }

        @Override
        public synchronized void close() throws IOException {
            closed = true;
            if (in != null) {
                in.close();
            }
        }
    }
}
