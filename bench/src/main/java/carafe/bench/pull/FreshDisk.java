package carafe.bench.pull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A newly made ext4 in a file, mounted; gone when closed. */
final class FreshDisk implements AutoCloseable {
    private static final long BYTES = 8L << 30;

    private final Path image;
    private final Path mount;

    private FreshDisk(Path image, Path mount) {
        this.image = image;
        this.mount = mount;
    }

    /**
     * @param dir on tmpfs, so that no real disk is measured
     */
    static FreshDisk make(Path dir, String name) throws IOException, InterruptedException {
        Path image = dir.resolve(name + ".img");
        Path mount = Files.createDirectories(dir.resolve(name));
        Run.command("truncate", "-s", Long.toString(BYTES), image.toString());
        Run.command("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1", image.toString());
        Run.command("mount", "-o", "loop", image.toString(), mount.toString());
        return new FreshDisk(image, mount);
    }

    Path path() {
        return mount;
    }

    void sync() throws IOException, InterruptedException {
        Run.command("sync", "-f", mount.toString());
    }

    @Override
    public void close() throws IOException {
        try {
            Run.command("umount", mount.toString());
            Files.delete(image);
            Files.delete(mount);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted; " + mount + " is left", e);
        }
    }

    /** Programs of the system. */
    static final class Run {
        private Run() {}

        static void command(String... words) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", List.of(words)) + ": " + said);
            }
        }
    }
}
