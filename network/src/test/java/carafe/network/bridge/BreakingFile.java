package carafe.network.bridge;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/** On a disk that is full now and then: half of what is written is there, and nothing is cut. */
final class BreakingFile implements JournalFile {
    private final JournalFile real;
    private final AtomicBoolean broken;

    BreakingFile(Path path, AtomicBoolean broken) throws IOException {
        this.real = JournalFile.onDisk(path);
        this.broken = broken;
    }

    @Override
    public void write(long at, byte[] content) throws IOException {
        if (broken.get()) {
            real.write(at, Arrays.copyOf(content, content.length / 2));
            throw new IOException("No space left on device");
        }
        real.write(at, content);
    }

    @Override
    public void cut(long size) throws IOException {
        if (broken.get()) {
            throw new IOException("No space left on device");
        }
        real.cut(size);
    }

    @Override
    public void close() {
        real.close();
    }
}
