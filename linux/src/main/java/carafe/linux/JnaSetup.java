package carafe.linux;

import carafe.base.CarafeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where JNA's own native library comes from. Left alone it unpacks itself into the temporary
 * directory of everybody, and looks for libraries by starting ldconfig.
 */
public final class JnaSetup {
    private static final String LIBRARY = "libjnidispatch.so";

    private JnaSetup() {}

    /**
     * Puts the library into a directory of the daemon's and makes JNA take it from there, and from
     * nowhere else. Before the first use of any class of this module.
     *
     * @param directory exists, and nobody else can write to it
     * @throws CarafeException.Internal when the library cannot be put there
     */
    public static void from(Path directory) {
        Path library = directory.resolve(LIBRARY);
        try {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    || Files.getPosixFilePermissions(directory).stream()
                            .anyMatch(p -> p.name().matches("(GROUP|OTHERS)_WRITE"))) {
                throw new CarafeException.Internal(
                        directory + " must be a directory that only its owner can write to");
            }
            unpack(library);
        } catch (IOException e) {
            throw new CarafeException.Internal("put JNA's library into " + directory, e);
        }
        System.setProperty("jna.boot.library.path", directory.toString());
        System.setProperty("jna.nounpack", "true");
        System.setProperty("jna.nosys", "true");
        System.setProperty("jna.noclasspath", "true");
        // Any value keeps JNA from starting ldconfig; nothing is looked up by name.
        System.setProperty("jna.platform.library.path", directory.toString());
    }

    private static void unpack(Path library) throws IOException {
        String resource = "/com/sun/jna/linux-" + architecture() + "/" + LIBRARY;
        Path unfinished = library.resolveSibling("." + LIBRARY + ".tmp");
        // By name: the class itself must not be initialised yet.
        try (InputStream in = JnaSetup.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("JNA comes without " + resource);
            }
            Files.copy(in, unfinished, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwx------"));
        Files.move(unfinished, library, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "amd64" -> "x86-64";
            case "aarch64" -> "aarch64";
            case String other ->
                    throw new CarafeException.Internal("Carafe does not run on " + other);
        };
    }
}
