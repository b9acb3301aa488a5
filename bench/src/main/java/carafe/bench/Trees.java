package carafe.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories of measurements. */
final class Trees {
    private Trees() {}

    /**
     * Takes a directory away.
     *
     * @throws IOException when something is still mounted below it
     */
    static void delete(Path dir) throws IOException {
        if (Files.readString(Path.of("/proc/self/mounts")).contains(dir.toString())) {
            throw new IOException("something is still mounted below " + dir);
        }
        List<Path> all;
        try (Stream<Path> tree = Files.walk(dir)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
