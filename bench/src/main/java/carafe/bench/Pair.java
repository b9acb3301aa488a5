package carafe.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Carafe and containerd with the same images. Owns both. */
record Pair(OwnDaemon ours, ContainerdPeer theirs) implements AutoCloseable {
    /**
     * @param dir for the peer; it goes with it
     */
    static Pair start(Path dir, BenchImages images) throws IOException, InterruptedException {
        OwnDaemon ours = OwnDaemon.start(images);
        try {
            return new Pair(ours, ContainerdPeer.start(Files.createDirectories(dir), images));
        } catch (IOException | InterruptedException | RuntimeException e) {
            ours.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            ours.close();
        } finally {
            theirs.close();
        }
    }
}
