package carafe.image.store;

import carafe.base.DurableFiles;
import carafe.image.manifest.ConfigReader;
import carafe.image.reference.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The documents of images by digest: {@code <algorithm>/<hex>}. A file is written once, durably,
 * and checked again when it is read.
 */
final class BlobFiles {
    private final Path dir;
    private final DurableFiles files;

    BlobFiles(Path dir, DurableFiles files) {
        this.dir = dir;
        this.files = files;
    }

    void write(Digest digest, byte[] content) throws IOException {
        Path path = path(digest);
        if (isWhole(path, digest)) {
            return;
        }
        Files.createDirectories(path.resolveSibling("."));
        files.write(path, content, DurableFiles.Durability.POWER_CUT);
    }

    private boolean isWhole(Path path, Digest digest) {
        try {
            return Files.exists(path) && digest.matches(files.read(path, ConfigReader.MAX_BYTES));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @throws IOException also when the content is not what its name says
     */
    byte[] read(Digest digest) throws IOException {
        byte[] content = files.read(path(digest), ConfigReader.MAX_BYTES);
        if (!digest.matches(content)) {
            throw new IOException(path(digest) + " is damaged");
        }
        return content;
    }

    /** Deletes every file that is not one of the kept digests' own. */
    void keepOnly(Set<String> keep) throws IOException {
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            Path folder = dir.resolve(name(algorithm));
            if (!Files.isDirectory(folder)) {
                continue;
            }
            List<Path> paths;
            try (Stream<Path> listed = Files.list(folder)) {
                paths = listed.toList();
            }
            for (Path path : paths) {
                if (!keep.contains(name(algorithm) + ":" + path.getFileName())) {
                    files.delete(path);
                }
            }
        }
    }

    private Path path(Digest digest) {
        return dir.resolve(name(digest.algorithm())).resolve(digest.hex());
    }

    private static String name(Digest.Algorithm algorithm) {
        return algorithm.name().toLowerCase(Locale.ROOT);
    }
}
