package carafe.server;

import carafe.base.CarafeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Directories of the daemon's own, with exact modes. */
final class Directories {
    private Directories() {}

    /**
     * Makes the directory and its parents; one that exists gets the mode.
     *
     * @param mode as {@code rwx------}
     * @throws CarafeException.Precondition naming the path and what to do
     */
    static void ensure(Path dir, String mode) {
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(mode);
        try {
            Path parent = dir.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            if (!Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(dir, PosixFilePermissions.asFileAttribute(permissions));
            }
            Files.setPosixFilePermissions(dir, permissions); // the umask took its share
        } catch (IOException e) {
            throw new CarafeException.Precondition(
                    "cannot make the directory %s with mode %s: %s; run as root, or choose other"
                            .concat(" places with --root and --state")
                            .formatted(dir, mode, e),
                    e);
        }
    }
}
