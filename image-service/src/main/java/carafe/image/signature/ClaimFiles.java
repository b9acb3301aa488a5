package carafe.image.signature;

import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import carafe.image.reference.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The signatures that were found when an image was pulled, {@code <hex of the digest>.json}, so
 * that they can be checked again without the registry. They are as untrusted as when they came.
 * Thread-safe.
 */
final class ClaimFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimFiles.class);
    private static final String SUFFIX = ".json";
    private static final int MAX_BYTES = 16 << 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path dir;
    private final DurableFiles files;

    ClaimFiles(Path dir, DurableFiles files) throws IOException {
        this.dir = Files.createDirectories(dir);
        this.files = files;
        DiskFiles.deleteUnfinished(dir);
    }

    private record Stored(int version, String digest, List<SignedClaim> claims) {}

    void write(Digest digest, List<SignedClaim> claims) throws IOException {
        files.write(
                path(digest),
                JSON.writeValueAsBytes(new Stored(1, digest.toString(), claims)),
                DurableFiles.Durability.POWER_CUT);
    }

    /** None when nothing, or nothing readable, was stored. */
    List<SignedClaim> read(Digest digest) {
        Path path = path(digest);
        if (!Files.exists(path)) {
            return List.of();
        }
        try {
            Stored stored = JSON.readValue(files.read(path, MAX_BYTES), Stored.class);
            return stored.version() == 1 ? List.copyOf(stored.claims()) : List.of();
        } catch (IOException | JacksonException | NullPointerException e) {
            LOG.atWarn().addKeyValue("file", path).setCause(e).log("Signatures cannot be read");
            return List.of();
        }
    }

    /** Deletes what belongs to no image and was not written just now. */
    void keepOnly(Set<Digest> digests, long olderThanMillis) {
        try (Stream<Path> all = Files.list(dir)) {
            for (Path path : all.toList()) {
                boolean kept = digests.stream().anyMatch(digest -> path(digest).equals(path));
                long age = System.currentTimeMillis() - Files.getLastModifiedTime(path).toMillis();
                if (!kept && age > olderThanMillis) {
                    files.delete(path);
                }
            }
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("Cannot delete signatures of no image");
        }
    }

    private Path path(Digest digest) {
        return dir.resolve(digest.hex() + SUFFIX);
    }
}
