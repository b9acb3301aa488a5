package carafe.image.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** An unpacked archive. Links at the end of a path are not followed. */
final class DirectoryFiles implements ArchiveFiles {
    private final Path dir;

    DirectoryFiles(Path dir) {
        this.dir = dir;
    }

    @Override
    public boolean has(String path) {
        return Files.isRegularFile(dir.resolve(path), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public long size(String path) throws IOException {
        return Files.size(regular(path));
    }

    @Override
    public InputStream open(String path) throws IOException {
        return Files.newInputStream(regular(path), LinkOption.NOFOLLOW_LINKS);
    }

    private Path regular(String path) throws NoSuchFileException {
        if (!has(path)) {
            throw new NoSuchFileException(dir.resolve(path).toString());
        }
        return dir.resolve(path);
    }

    @Override
    public void close() {}
}
