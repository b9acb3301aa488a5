package carafe.base;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** {@link DurableFiles} on a real disk: temporary file, optional force, atomic rename. */
public final class DiskFiles implements DurableFiles {
    private static final String UNFINISHED = ".*.tmp";
    private static final Set<StandardOpenOption> FRESH =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /**
     * Deletes what writers that were killed in the middle left in a directory. Call before its
     * first writer begins: an unfinished file of a living writer would go, too.
     *
     * @param dir need not exist
     */
    public static void deleteUnfinished(Path dir) throws IOException {
        if (!Files.isDirectory(dir)) {
            return;
        }
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(dir, UNFINISHED)) {
            for (Path each : unfinished) {
                Files.deleteIfExists(each);
            }
        }
    }

    @Override
    public void write(Path path, byte[] content, Durability durability) throws IOException {
        Path dir = parent(path);
        Path tmp = dir.resolve(UNFINISHED.replace("*", String.valueOf(path.getFileName())));
        try {
            fillNew(tmp, content, durability);
            Files.move(tmp, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(tmp);
            throw e;
        }
        if (durability == Durability.POWER_CUT) {
            forceDirectory(dir);
        }
    }

    private static void fillNew(Path tmp, byte[] content, Durability durability)
            throws IOException {
        try {
            fill(tmp, content, durability);
        } catch (FileAlreadyExistsException e) {
            // Of a writer that was killed.
            Files.deleteIfExists(tmp);
            fill(tmp, content, durability);
        }
    }

    private static void fill(Path tmp, byte[] content, Durability durability) throws IOException {
        try (FileChannel out = FileChannel.open(tmp, FRESH, PRIVATE)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                out.write(rest);
            }
            if (durability == Durability.POWER_CUT) {
                out.force(true);
            }
        }
    }

    @Override
    public byte[] read(Path path, int maxBytes) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(maxBytes + 1);
            if (content.length > maxBytes) {
                throw new IOException(path + " is larger than " + maxBytes + " bytes");
            }
            return content;
        }
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    /** Makes a rename or creation in the directory survive a power cut. */
    public static void forceDirectory(Path dir) throws IOException {
        try (FileChannel channel = FileChannel.open(dir, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path parent(Path path) {
        Path dir = path.getParent();
        if (dir == null) {
            throw new IllegalArgumentException("a file needs a directory: " + path);
        }
        return dir;
    }
}
