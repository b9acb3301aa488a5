package carafe.testkit.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An OCI layout that images are made in, layer by layer, by umoci. Used by one thread. The files
 * stay in its directory.
 */
public final class ImageDirectory {
    private final Path scratch;
    private final Path layout;

    /**
     * @param dir an existing, empty directory of its own
     */
    public ImageDirectory(Path dir) throws IOException, InterruptedException {
        this.scratch = Files.createDirectories(dir.resolve("scratch"));
        this.layout = dir.resolve("oci");
        umoci("init", "--layout", layout.toString());
    }

    /** The image's name for skopeo and umoci: {@code dir:tag}. */
    public String image(String tag) {
        return layout + ":" + tag;
    }

    /** The layout's directory. */
    public Path layout() {
        return layout;
    }

    /** A new image without layers. */
    public void create(String tag) throws IOException, InterruptedException {
        umoci("new", "--image", image(tag));
    }

    /** A copy of an image under another tag, to be changed. */
    public void copy(String tag, String newTag) throws IOException, InterruptedException {
        umoci("tag", "--image", image(tag), newTag);
    }

    /**
     * Sets values of the image's configuration.
     *
     * @param options umoci's, as {@code --config.user=1000}
     */
    public void configure(String tag, String... options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("config", "--image", image(tag)));
        words.addAll(List.of(options));
        umoci(words.toArray(String[]::new));
    }

    /** Adds the content of a directory as one layer, everything owned by root. */
    public void addTree(String tag, Path tree) throws IOException, InterruptedException {
        addTar(tag, List.of("--owner=0", "--group=0", "-C", tree.toString(), "."));
    }

    /**
     * Adds the files of an installed Debian package as one layer. Paths become those of a merged
     * /usr, so that a layer never turns the link /bin of a lower one into a directory.
     */
    public void addPackage(String tag, String name) throws IOException, InterruptedException {
        Path list = Files.createTempFile(scratch, "files", ".txt");
        List<String> files =
                Command.run(scratch, List.of("dpkg", "-L", name))
                        .lines()
                        .filter(file -> file.startsWith("/"))
                        .filter(file -> Files.isRegularFile(Path.of(file)))
                        .map(file -> file.substring(1))
                        .toList();
        Files.write(list, files);
        addTar(
                tag,
                List.of(
                        "--no-recursion",
                        "--transform=s,^\\(bin\\|sbin\\|lib\\|lib64\\)/,usr/\\1/,",
                        "-C",
                        "/",
                        "-T",
                        list.toString()));
        Files.delete(list);
    }

    private void addTar(String tag, List<String> what) throws IOException, InterruptedException {
        Path tar = Files.createTempFile(scratch, "layer", ".tar");
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "tar",
                                "--create",
                                "--numeric-owner",
                                "--sort=name",
                                "--file",
                                tar.toString()));
        words.addAll(what);
        Command.run(scratch, words);
        umoci("raw", "add-layer", "--image", image(tag), tar.toString());
        Files.delete(tar);
    }

    private void umoci(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("umoci"));
        command.addAll(Arrays.asList(words));
        Command.run(scratch, command);
    }
}
