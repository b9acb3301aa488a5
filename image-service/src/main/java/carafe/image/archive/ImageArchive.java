package carafe.image.archive;

import carafe.base.CarafeException;
import carafe.image.pull.ImageSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Opens what may be an image in a file or directory: an OCI layout as directory or tar, or a Docker
 * archive, as tar. A tar may be compressed with gzip; it is decompressed into a file of ours then,
 * which is deleted at the end.
 */
public final class ImageArchive implements AutoCloseable {
    private static final long MAX_BYTES = 64L << 30;
    private static final int CHUNK = 1 << 20;

    private final ArchiveFiles files;
    private final Path temporary;
    private final ImageSource source;

    private ImageArchive(ArchiveFiles files, Path temporary, ImageSource source) {
        this.files = files;
        this.temporary = temporary;
        this.source = source;
    }

    /**
     * @param path of the archive
     * @param ingest directory for a decompressed copy
     * @param wantedName chooses among several images of a layout; may be empty
     * @throws CarafeException.NotFound when there is nothing at the path
     * @throws CarafeException.Invalid when it is none of the known forms
     */
    public static ImageArchive open(Path path, Path ingest, String wantedName) {
        if (!Files.exists(path)) {
            throw new CarafeException.NotFound("there is no image archive at " + path);
        }
        Path temporary = ingest.resolve("import-" + UUID.randomUUID());
        ArchiveFiles files = null;
        ImageArchive opened = null;
        try {
            files = files(path, temporary);
            opened = new ImageArchive(files, temporary, source(path, files, wantedName));
            return opened;
        } catch (IOException e) {
            throw ArchiveErrors.of(e);
        } finally {
            if (opened == null) {
                close(files, temporary);
            }
        }
    }

    private static ArchiveFiles files(Path path, Path temporary) throws IOException {
        if (Files.isDirectory(path)) {
            return new DirectoryFiles(path);
        }
        if (!Files.isRegularFile(path)) {
            throw new CarafeException.Invalid(path + " is neither a file nor a directory");
        }
        if (!isGzip(path)) {
            return TarFiles.open(path);
        }
        decompress(path, temporary);
        return TarFiles.open(temporary);
    }

    private static boolean isGzip(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] start = in.readNBytes(2);
            return start.length == 2 && (start[0] & 0xff) == 0x1f && (start[1] & 0xff) == 0x8b;
        }
    }

    /** The digests of what is inside catch what a damaged later gzip member would leave out. */
    private static void decompress(Path from, Path to) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(from), CHUNK);
                OutputStream out = Files.newOutputStream(to)) {
            byte[] chunk = new byte[CHUNK];
            long total = 0;
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                total += count;
                if (total > MAX_BYTES) {
                    throw new CarafeException.Exhausted(
                            "the archive has more than %d bytes uncompressed".formatted(MAX_BYTES));
                }
                out.write(chunk, 0, count);
            }
        } catch (EOFException e) {
            throw new CarafeException.Invalid("the archive's gzip data ends too early", e);
        }
    }

    private static ImageSource source(Path path, ArchiveFiles files, String wantedName) {
        if (files.has(LayoutSource.INDEX)) {
            return new LayoutSource(files, wantedName);
        }
        if (files.has(DockerArchiveSource.MANIFEST)) {
            return new DockerArchiveSource(files);
        }
        throw new CarafeException.Invalid(
                "%s is no image archive: it has neither index.json nor manifest.json"
                        .formatted(path));
    }

    /** The image inside. */
    public ImageSource source() {
        return source;
    }

    private static void close(@Nullable ArchiveFiles files, Path temporary) {
        try {
            if (files != null) {
                files.close();
            }
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw ArchiveErrors.of(e);
        }
    }

    @Override
    public void close() {
        close(files, temporary);
    }
}
