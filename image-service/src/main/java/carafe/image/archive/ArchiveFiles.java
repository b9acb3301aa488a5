package carafe.image.archive;

import java.io.IOException;
import java.io.InputStream;

/** The files of an image archive by path, wherever they are. Thread-safe. */
interface ArchiveFiles extends AutoCloseable {
    /** Whether there is such a regular file. */
    boolean has(String path);

    /**
     * @throws java.nio.file.NoSuchFileException when there is no such regular file
     */
    long size(String path) throws IOException;

    /**
     * @throws java.nio.file.NoSuchFileException when there is no such regular file
     */
    InputStream open(String path) throws IOException;

    @Override
    void close() throws IOException;

    /** A whole file, when it is not larger than allowed. */
    default byte[] read(String path, int maxBytes) throws IOException {
        try (InputStream in = open(path)) {
            byte[] content = in.readNBytes(maxBytes + 1);
            if (content.length > maxBytes) {
                throw new IOException("%s has more than %d bytes".formatted(path, maxBytes));
            }
            return content;
        }
    }
}
