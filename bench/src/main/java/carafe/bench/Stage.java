package carafe.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Where scenarios play: images that are made once, and a new pair of daemons for whoever asks. Used
 * by one thread. Owns the images and their registry.
 */
final class Stage implements AutoCloseable {
    private final Path dir;
    private final BenchImages images;
    private final OptionalInt rounds;
    private final PrintStream out;
    private int pairs;

    private Stage(Path dir, BenchImages images, OptionalInt rounds, PrintStream out) {
        this.dir = dir;
        this.images = images;
        this.rounds = rounds;
        this.out = out;
    }

    /**
     * @param rounds counted ones of every scenario, instead of its own number
     */
    static Stage open(OptionalInt rounds, PrintStream out)
            throws IOException, InterruptedException {
        Path dir = Files.createTempDirectory(Path.of("/var/tmp"), "carafe-bench-");
        try {
            BenchImages images = BenchImages.create(Files.createDirectory(dir.resolve("images")));
            return new Stage(dir, images, rounds, out);
        } catch (IOException | InterruptedException | RuntimeException e) {
            Trees.delete(dir);
            throw e;
        }
    }

    BenchImages images() {
        return images;
    }

    /** For files of a scenario; goes with the stage. */
    Path dir() {
        return dir;
    }

    PrintStream out() {
        return out;
    }

    /** How many rounds count where {@code usual} would do. */
    int rounds(int usual) {
        return rounds.orElse(usual);
    }

    /** Daemons that nobody has used yet; whoever asked closes them. */
    Pair pair() throws IOException, InterruptedException {
        return Pair.start(dir.resolve("containerd-" + ++pairs), images);
    }

    @Override
    public void close() throws IOException {
        images.close();
        Trees.delete(dir);
    }
}
