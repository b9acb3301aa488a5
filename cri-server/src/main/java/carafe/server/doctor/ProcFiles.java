package carafe.server.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Small files of the kernel under one root, so that tests give their own.
 *
 * @param root {@code /} on a machine
 */
record ProcFiles(Path root) {
    private static final int MAX_BYTES = 64 * 1024;

    static ProcFiles ofThisMachine() {
        return new ProcFiles(Path.of("/"));
    }

    /** The file's text; empty when it cannot be read. */
    Optional<String> read(String path) {
        try (var in = Files.newInputStream(root.resolve(path))) {
            return Optional.of(
                    new String(in.readNBytes(MAX_BYTES), java.nio.charset.StandardCharsets.UTF_8)
                            .strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
