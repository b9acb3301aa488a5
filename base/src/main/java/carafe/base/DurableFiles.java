package carafe.base;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The port for every file that must survive a crash, so that tests can fail the n-th write. All
 * writes are atomic: a reader sees the old content or the new one, never a part. Thread-safe for
 * different paths; writers of one path hold their own lock.
 */
public interface DurableFiles {
    /** How sure a write must be before it returns. */
    enum Durability {
        /** Survives the death of the daemon, not a power cut. */
        PROCESS,
        /** Forced to the disk, file and directory. */
        POWER_CUT
    }

    /** Replaces the file's content; mode 0600. Parent directories must exist. */
    void write(Path path, byte[] content, Durability durability) throws IOException;

    /**
     * Reads a whole file.
     *
     * @param maxBytes larger files are refused with an IOException that names the limit
     * @throws java.nio.file.NoSuchFileException when there is none
     */
    byte[] read(Path path, int maxBytes) throws IOException;

    /** Removes the file; nothing happens when there is none. */
    void delete(Path path) throws IOException;
}
