package carafe.runtime.state;

import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import carafe.base.Id;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of one kind on disk: {@code <directory>/<id>/record.json}. A file that cannot be read is
 * set aside and hurts its own object only. Thread-safe for different ids.
 *
 * @param <R> the record
 */
final class RecordFiles<R> {
    private static final Logger LOG = LoggerFactory.getLogger(RecordFiles.class);
    private static final String FILE = "record.json";
    private static final int MAX_BYTES = 8 << 20;

    private final Path directory;
    private final DurableFiles files;
    private final RecordCodec<R> codec;

    RecordFiles(Path directory, DurableFiles files, RecordCodec<R> codec) {
        this.directory = directory;
        this.files = files;
        this.codec = codec;
    }

    /** Replaces the record of this id. */
    void save(String id, R value) throws IOException {
        Path own = directory.resolve(id);
        if (!Files.isDirectory(own)) {
            Files.createDirectories(
                    own,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        files.write(
                own.resolve(FILE),
                Checksummed.seal(codec.encode(value)),
                DurableFiles.Durability.PROCESS);
    }

    /** Removes the record; none is success. What was set aside goes with it. */
    void delete(String id) throws IOException {
        Path own = directory.resolve(id);
        files.delete(own.resolve(FILE));
        try (DirectoryStream<Path> rest = Files.newDirectoryStream(own)) {
            for (Path each : rest) {
                Files.deleteIfExists(each);
            }
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(own);
    }

    /** Every record that can be read. */
    List<R> load() throws IOException {
        List<R> found = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return found;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path own : entries) {
                loadOne(own, found);
            }
        }
        return found;
    }

    private void loadOne(Path own, List<R> found) {
        if (!Id.isValid(String.valueOf(own.getFileName()))) {
            return;
        }
        Path file = own.resolve(FILE);
        try {
            DiskFiles.deleteUnfinished(own);
            found.add(codec.decode(Checksummed.open(files.read(file, MAX_BYTES))));
        } catch (NoSuchFileException e) {
            // A directory whose record was never written, or set aside before.
            deleteIfEmpty(own);
        } catch (IOException e) {
            setAside(file, e);
        }
    }

    private static void deleteIfEmpty(Path own) {
        try {
            Files.deleteIfExists(own);
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("directory", own).log("It holds what was set aside");
        }
    }

    private void setAside(Path file, IOException why) {
        Path aside =
                file.resolveSibling(FILE + ".damaged-" + Instant.now().toString().replace(":", ""));
        LOG.atError()
                .addKeyValue("file", file)
                .addKeyValue("kept", aside.getFileName())
                .setCause(why)
                .log("A record cannot be read; its object is removed, the file is kept");
        try {
            Files.move(file, aside);
        } catch (IOException e) {
            LOG.atError()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("It cannot be set aside either");
        }
    }
}
