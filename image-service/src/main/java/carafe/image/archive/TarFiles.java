package carafe.image.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** An uncompressed tar archive, read at any place. Owns its open file. */
final class TarFiles implements ArchiveFiles {
    private final Path path;
    private final FileChannel channel;
    private final Map<String, TarIndex.Extent> files;

    private TarFiles(Path path, FileChannel channel, Map<String, TarIndex.Extent> files) {
        this.path = path;
        this.channel = channel;
        this.files = files;
    }

    /**
     * @throws carafe.base.CarafeException.Invalid when it is no tar archive
     */
    static TarFiles open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        boolean done = false;
        try {
            TarFiles archive = new TarFiles(path, channel, new TarIndex(channel).read());
            done = true;
            return archive;
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    @Override
    public boolean has(String name) {
        return files.containsKey(name);
    }

    @Override
    public long size(String name) throws IOException {
        return extent(name).size();
    }

    @Override
    public InputStream open(String name) throws IOException {
        TarIndex.Extent extent = extent(name);
        return new Part(channel, extent.offset(), extent.offset() + extent.size());
    }

    private TarIndex.Extent extent(String name) throws NoSuchFileException {
        TarIndex.Extent extent = files.get(name);
        if (extent == null) {
            throw new NoSuchFileException(path + "/" + name);
        }
        return extent;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** A part of the file; parts are read side by side. */
    private static final class Part extends InputStream {
        private final FileChannel channel;
        private final long end;
        private long position;
        private volatile boolean closed;

        Part(FileChannel channel, long position, long end) {
            this.channel = channel;
            this.position = position;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (closed) {
                throw new IOException("closed");
            }
            if (length == 0 || position == end) {
                return length == 0 ? 0 : -1;
            }
            int wanted = (int) Math.min(length, end - position);
            int count = channel.read(ByteBuffer.wrap(into, offset, wanted), position);
            if (count > 0) {
                position += count;
            }
            return count;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
