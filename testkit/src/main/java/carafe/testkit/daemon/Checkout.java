package carafe.testkit.daemon;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The checkout that a test or a measurement was started in. */
public final class Checkout {
    private Checkout() {}

    /**
     * The checkout's top, which is the working directory or above it.
     *
     * @throws FileNotFoundException when there is none
     */
    public static Path find() throws IOException {
        Path start = Path.of("").toAbsolutePath();
        for (@Nullable Path dir = start; dir != null; dir = dir.getParent()) {
            if (Files.exists(dir.resolve("carafe")) && Files.exists(dir.resolve("dist/pom.xml"))) {
                return dir;
            }
        }
        throw new FileNotFoundException("no checkout of Carafe at or above " + start);
    }
}
