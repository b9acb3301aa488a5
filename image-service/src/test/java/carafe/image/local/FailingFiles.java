package carafe.image.local;

import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A disk that fails call n of those that change something, and every later one: what a crash at
 * that point looks like from the disk. In one mood the failing call has its effect all the same.
 */
final class FailingFiles implements DurableFiles {
    private final DurableFiles disk = new DiskFiles();
    private final int failAt;
    private final Mood mood;
    private int calls;

    enum Mood {
        BEFORE_THE_EFFECT,
        AFTER_THE_EFFECT
    }

    FailingFiles(int failAt, Mood mood) {
        this.failAt = failAt;
        this.mood = mood;
    }

    @FunctionalInterface
    private interface Change {
        void run() throws IOException;
    }

    private synchronized void change(Change change) throws IOException {
        calls++;
        boolean effect = calls < failAt || (calls == failAt && mood == Mood.AFTER_THE_EFFECT);
        if (effect) {
            change.run();
        }
        if (calls >= failAt) {
            throw new IOException("scripted failure of call " + calls);
        }
    }

    @Override
    public void write(Path path, byte[] content, Durability durability) throws IOException {
        change(() -> disk.write(path, content, durability));
    }

    @Override
    public byte[] read(Path path, int maxBytes) throws IOException {
        return disk.read(path, maxBytes);
    }

    @Override
    public void delete(Path path) throws IOException {
        change(() -> disk.delete(path));
    }
}
