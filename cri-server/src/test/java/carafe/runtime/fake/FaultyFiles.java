package carafe.runtime.fake;

import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;

/** Real files whose writes can be made to fail. */
final class FaultyFiles implements DurableFiles {
    private final DurableFiles real = new DiskFiles();
    private final Faults faults;

    FaultyFiles(Faults faults) {
        this.faults = faults;
    }

    @Override
    public void write(Path path, byte[] content, Durability durability) throws IOException {
        faults.run(
                "write " + path.getFileName(),
                () -> {
                    real.write(path, content, durability);
                    return true;
                },
                IOException::new);
    }

    @Override
    public byte[] read(Path path, int maxBytes) throws IOException {
        return real.read(path, maxBytes);
    }

    @Override
    public void delete(Path path) throws IOException {
        faults.run(
                "delete " + path.getFileName(),
                () -> {
                    real.delete(path);
                    return true;
                },
                IOException::new);
    }
}
