package carafe.runtime.state;

import carafe.base.CarafeException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A private directory of ours with files and empty directories in it. Removing it goes one level
 * deep and no further: nothing that is mounted in it or linked from it can be reached.
 */
public final class BundleDirectory {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private BundleDirectory() {}

    /** Makes it, mode 0700, with the parents it needs. */
    public static void make(Path directory) {
        try {
            makeWithParents(directory);
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "make the directory %s: %s".formatted(directory, e), e);
        }
    }

    private static void makeWithParents(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, PRIVATE);
        } catch (NoSuchFileException e) {
            Files.createDirectories(directory.getParent());
            Files.createDirectory(directory, PRIVATE);
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

    /** Removes it with everything below it, following no link; none is success. */
    public static void deleteTree(Path directory) {
        try {
            if (isAbsent(directory)) {
                return;
            }
            Files.walkFileTree(directory, new Deletion());
        } catch (NoSuchFileException e) {
            // Never there, or gone meanwhile.
            return;
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    /** As mostly it is: with no exception, which costs more than the rest of it. */
    private static boolean isAbsent(Path directory) throws IOException {
        return directory
                        .getFileSystem()
                        .provider()
                        .readAttributesIfExists(
                                directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                == null;
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure)
                throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(each);
            return FileVisitResult.CONTINUE;
        }
    }

    private static CarafeException failed(Path directory, IOException why) {
        return new CarafeException.Internal(
                "delete the directory %s: %s".formatted(directory, why), why);
    }
}
