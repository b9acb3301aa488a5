package carafe.runtime.state;

import carafe.base.CarafeException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A private directory of ours with files and empty directories in it. Removing it goes one level
 * deep and no further: nothing that is mounted in it or linked from it can be reached.
 */
public final class BundleDirectory {
    private BundleDirectory() {}

    /** Makes it, mode 0700, with the parents it needs. */
    public static void make(Path directory) {
        try {
            Files.createDirectories(directory.getParent());
            Files.createDirectory(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "make the directory %s: %s".formatted(directory, e), e);
        }
    }

    /** Removes it with its files; none is success. */
    public static void delete(Path directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path each : entries) {
                // An empty directory goes; one that is mounted on or filled is an error.
                Files.deleteIfExists(each);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw failed(directory, e);
        }
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    private static CarafeException failed(Path directory, IOException why) {
        return new CarafeException.Internal(
                "delete the directory %s: %s".formatted(directory, why), why);
    }
}
