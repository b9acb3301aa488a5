package carafe.bench;

import carafe.testkit.debian.DockerRegistry;
import carafe.testkit.debian.ImageDirectory;
import carafe.testkit.debian.ToolsImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A registry on this machine with the images of all measurements, for every peer the same bytes.
 * Owns the registry's process.
 *
 * @param tools what is run
 * @param pause sleeps for ever; for peers that need such an image
 */
record BenchImages(DockerRegistry registry, String tools, String pause) implements AutoCloseable {
    /**
     * @param dir an existing, empty directory
     */
    static BenchImages create(Path dir) throws IOException, InterruptedException {
        ImageDirectory images = new ImageDirectory(Files.createDirectories(dir.resolve("made")));
        ToolsImage.create(images, "tools", dir);
        ToolsImage.createSmall(images, "pause", dir);
        images.configure(
                "pause",
                "--clear=config.cmd",
                "--config.entrypoint=/usr/bin/sleep",
                "--config.cmd=1000000");
        DockerRegistry registry =
                DockerRegistry.start(Files.createDirectories(dir.resolve("registry")));
        return new BenchImages(
                registry,
                registry.push(images.image("tools"), "bench/tools:1"),
                registry.push(images.image("pause"), "bench/pause:1"));
    }

    @Override
    public void close() {
        registry.close();
    }
}
