package carafe.network.bridge;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * A file that is changed where it is, for what changes too often to be replaced as a whole each
 * time: a change is one system call, and a daemon that dies afterwards has made it. Used by one
 * thread at a time.
 */
public interface JournalFile extends AutoCloseable {
    /** Writes all of it at this place. When it fails any part of it may be there. */
    void write(long at, byte[] content) throws IOException;

    /** Drops what is behind this place. */
    void cut(long size) throws IOException;

    @Override
    void close();

    /** How one is opened. */
    @FunctionalInterface
    interface Opener {
        /** The file is there. */
        JournalFile open(Path path) throws IOException;
    }

    /** On a real disk. Not a channel: that one is closed when its thread is interrupted. */
    static JournalFile onDisk(Path path) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        return new JournalFile() {
            @Override
            public void write(long at, byte[] content) throws IOException {
                file.seek(at);
                file.write(content);
            }

            @Override
            public void cut(long size) throws IOException {
                file.setLength(size);
            }

            @Override
            public void close() {
                try {
                    file.close();
                } catch (IOException e) {
                    // The descriptor is gone all the same, and each write said how it went.
                }
            }
        };
    }
}
