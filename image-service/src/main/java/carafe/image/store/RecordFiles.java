package carafe.image.store;

import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import carafe.image.reference.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Image records as files, {@code <hex of the id>.json}. One that cannot be read is renamed to
 * {@code ….damaged} and harms no other.
 */
final class RecordFiles {
    private static final Logger LOG = LoggerFactory.getLogger(RecordFiles.class);
    private static final String SUFFIX = ".json";
    private static final int MAX_BYTES = 4 << 20;
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .build();

    private final Path dir;
    private final DurableFiles files;

    RecordFiles(Path dir, DurableFiles files) {
        this.dir = dir;
        this.files = files;
    }

    /** All readable records; the others are set aside, unfinished ones of a dead daemon deleted. */
    List<ImageRecord> load() throws IOException {
        DiskFiles.deleteUnfinished(dir);
        List<Path> paths;
        try (Stream<Path> listed = Files.list(dir)) {
            paths = listed.filter(path -> path.toString().endsWith(SUFFIX)).sorted().toList();
        }
        List<ImageRecord> records = new ArrayList<>();
        for (Path path : paths) {
            read(path).ifPresent(records::add);
        }
        return records;
    }

    private Optional<ImageRecord> read(Path path) {
        try {
            ImageRecord record = JSON.readValue(files.read(path, MAX_BYTES), ImageRecord.class);
            if (path.equals(path(record.id()))) {
                return Optional.of(record);
            }
            setAside(path, "it is the record of " + record.id());
        } catch (IOException
                | JacksonException
                | IllegalArgumentException
                | NullPointerException e) {
            setAside(path, e.toString());
        }
        return Optional.empty();
    }

    void write(ImageRecord record) throws IOException {
        files.write(
                path(record.id()),
                JSON.writeValueAsBytes(record),
                DurableFiles.Durability.POWER_CUT);
    }

    void delete(String id) throws IOException {
        files.delete(path(id));
    }

    /** Takes a record out of use without losing it. */
    void setAside(String id, String why) {
        setAside(path(id), why);
    }

    private void setAside(Path path, String why) {
        Path aside = path.resolveSibling(path.getFileName() + ".damaged");
        try {
            Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("file", path).setCause(e).log("Cannot set a record aside");
        }
        LOG.atError()
                .addKeyValue("file", aside)
                .addKeyValue("why", why)
                .log("An image record is damaged and was set aside; pull the image again");
    }

    private Path path(String id) {
        return dir.resolve(Digest.parse(id).hex() + SUFFIX);
    }
}
