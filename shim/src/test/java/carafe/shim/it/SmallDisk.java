package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** A file system that is soon full. */
final class SmallDisk implements AutoCloseable {
    private final Path path;

    private SmallDisk(Path path) {
        this.path = path;
    }

    static SmallDisk mount(Path directory, int bytes) throws IOException {
        run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "carafe-it", directory.toString());
        return new SmallDisk(directory);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        run("umount", "-l", path.toString());
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        try {
            assertThat(process.waitFor()).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
