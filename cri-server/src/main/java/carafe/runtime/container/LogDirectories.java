package carafe.runtime.container;

import carafe.base.CarafeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Makes the directories that a container's log lies in. The file itself is the shim's: it opens it
 * without following links and only if it is a regular file.
 */
final class LogDirectories {
    /**
     * @param podDirectory the pod's log directory; made with its parents
     * @param logPath absolute and below it; empty = no log
     */
    void make(String podDirectory, String logPath) {
        if (logPath.isEmpty()) {
            return;
        }
        Path base = Path.of(podDirectory).normalize();
        try {
            if (!Files.isDirectory(base)) {
                Files.createDirectories(base);
            }
            Path directory = base;
            for (Path part : base.relativize(Path.of(logPath).getParent())) {
                directory = directory.resolve(part);
                if (!part.toString().isEmpty()) {
                    makeOne(directory);
                }
            }
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "make the directory of the log %s: %s".formatted(logPath, e), e);
        }
    }

    private static void makeOne(Path directory) throws IOException {
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new CarafeException.Invalid(
                    "%s lies on the way to a log and is no directory".formatted(directory));
        }
        Files.createDirectory(directory);
    }
}
