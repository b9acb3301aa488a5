package carafe.image.store;

import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;

/** A disk that is never waited for; unit tests have no power cuts. */
final class UnforcedFiles implements DurableFiles {
    private final DurableFiles disk = new DiskFiles();

    @Override
    public void write(Path path, byte[] content, Durability durability) throws IOException {
        disk.write(path, content, Durability.PROCESS);
    }

    @Override
    public byte[] read(Path path, int maxBytes) throws IOException {
        return disk.read(path, maxBytes);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }
}
