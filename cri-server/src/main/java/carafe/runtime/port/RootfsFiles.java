package carafe.runtime.port;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads small files out of a root file system that is not mounted. */
public interface RootfsFiles {
    /**
     * Reads a regular file as a process in the container would see it: links are followed inside
     * the root, deleted files are absent.
     *
     * @param lowerTopFirst the layers
     * @param path absolute, inside
     * @param maxBytes larger files are refused
     * @return empty when there is none
     * @throws carafe.base.CarafeException.Invalid when it is no regular file, too large, or reached
     *     through too many links
     */
    Optional<byte[]> read(List<Path> lowerTopFirst, String path, int maxBytes, Duration deadline);
}
