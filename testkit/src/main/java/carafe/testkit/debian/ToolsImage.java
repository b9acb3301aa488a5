package carafe.testkit.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The image that most tests run: a merged-/usr tree with static busybox and all its applets, then
 * one layer per Debian package, six layers in all. {@code bash} in it is dynamic and proves that
 * layers work together.
 */
public final class ToolsImage {
    /** The Debian packages that become layers above busybox. */
    static final List<String> PACKAGES =
            List.of("libc6", "libtinfo6", "bash", "base-files", "netbase");

    private ToolsImage() {}

    /**
     * Makes the image in the layout.
     *
     * @throws IOException naming the package or program that is missing
     */
    public static void create(ImageDirectory images, String tag, Path scratch)
            throws IOException, InterruptedException {
        images.create(tag);
        Path tree = Files.createTempDirectory(scratch, "tools");
        BusyboxTree.write(tree, scratch);
        images.addTree(tag, tree);
        for (String name : PACKAGES) {
            images.addPackage(tag, name);
        }
        images.configure(
                tag,
                "--config.env=PATH=/usr/sbin:/usr/bin",
                "--config.env=IMAGE_SAYS=hello",
                "--config.workingdir=/root",
                "--config.cmd=sh",
                "--os=linux");
    }

    /** Only the first layer: the smallest tree that runs a shell. */
    public static void createSmall(ImageDirectory images, String tag, Path scratch)
            throws IOException, InterruptedException {
        images.create(tag);
        Path tree = Files.createTempDirectory(scratch, "small");
        BusyboxTree.write(tree, scratch);
        images.addTree(tag, tree);
        images.configure(tag, "--config.env=PATH=/usr/sbin:/usr/bin", "--config.cmd=sh");
    }
}
