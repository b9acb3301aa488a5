package carafe.linux;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/**
 * Open file descriptors of some processes together.
 *
 * @param descriptors all of them
 * @param sockets those of them that are sockets
 */
public record OpenFiles(long descriptors, long sockets) {
    /** Beyond this, looking at each would take longer than a scrape may. */
    private static final int MOST = 65_536;

    /** Counts now; empty when there are more than 65,536 descriptors. */
    public static Optional<OpenFiles> of(Collection<Integer> pids) {
        long descriptors = 0;
        long sockets = 0;
        for (int pid : pids) {
            Path directory = Path.of("/proc", Integer.toString(pid), "fd");
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    descriptors++;
                    sockets += isSocket(entry) ? 1 : 0;
                    if (descriptors > MOST) {
                        return Optional.empty();
                    }
                }
            } catch (IOException e) {
                // The process ended.
            }
        }
        return Optional.of(new OpenFiles(descriptors, sockets));
    }

    private static boolean isSocket(Path entry) {
        try {
            return Files.readSymbolicLink(entry).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed since
        }
    }
}
