package carafe.image.download;

import carafe.base.CarafeException;
import carafe.image.reference.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of partial blobs: a file for each, named by its digest, and the map of what is in
 * it. What a blob's files are for is up to the caller, who sees to it that nobody writes a file
 * that is deleted here. Thread-safe.
 */
final class PartialFiles {
    private static final Logger LOG = LoggerFactory.getLogger(PartialFiles.class);
    private static final String MAP = ".map";

    private final Path dir;

    /**
     * @param dir exists
     */
    PartialFiles(Path dir) {
        this.dir = dir;
    }

    Path dir() {
        return dir;
    }

    Path of(Digest digest) {
        return dir.resolve(digest.toString().replace(':', '-'));
    }

    /** Every file there is, maps too. */
    List<Path> all() {
        try (Stream<Path> listed = Files.list(dir)) {
            return listed.toList();
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "cannot list partial blobs in %s: %s".formatted(dir, e.getMessage()), e);
        }
    }

    static boolean isMap(Path file) {
        return file.toString().endsWith(MAP);
    }

    /** Whether the map's blob is gone. */
    static boolean isOrphan(Path map) {
        String name = String.valueOf(map.getFileName());
        return isMap(map)
                && !Files.exists(
                        map.resolveSibling(name.substring(0, name.length() - MAP.length())));
    }

    static boolean isOlder(Path file, Instant oldest) {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(oldest);
        } catch (IOException e) {
            return false; // gone meanwhile
        }
    }

    /** The blob's file and its map; neither needs to exist. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + MAP));
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("file", file).setCause(e).log("Cannot delete a partial blob");
        }
    }

    /** What they take on the disk. */
    Downloads.Kept kept() {
        long bytes = 0;
        int files = 0;
        for (Path file : all()) {
            try {
                bytes += Files.size(file);
                files++;
            } catch (NoSuchFileException e) {
                // used or given up meanwhile
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("file", file).setCause(e).log("Cannot see a partial blob");
            }
        }
        return new Downloads.Kept(bytes, files);
    }
}
