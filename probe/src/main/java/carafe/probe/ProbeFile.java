package carafe.probe;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The compiled program, for a test to put into an image. */
public final class ProbeFile {
    private static final String RESOURCE = "probe";

    private ProbeFile() {}

    /**
     * Writes the program as a new executable file.
     *
     * @throws IOException when the file exists or cannot be written
     */
    public static void copyTo(Path file) throws IOException {
        try (InputStream program = ProbeFile.class.getResourceAsStream(RESOURCE)) {
            if (program == null) {
                throw new FileNotFoundException(
                        "the probe is not compiled; build module probe with Maven");
            }
            Files.copy(program, file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
