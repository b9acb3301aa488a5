package carafe.testkit.debian;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DockerRegistryIT {
    @TempDir Path dir;

    @Test
    void givesBackAnImageOfDebianPackagesWithAllItsLayers()
            throws IOException, InterruptedException {
        ImageDirectory images = new ImageDirectory(Files.createDirectories(dir.resolve("images")));
        ToolsImage.create(images, "tools", dir);
        try (DockerRegistry registry =
                DockerRegistry.start(Files.createDirectories(dir.resolve("registry")))) {
            String reference = registry.push(images.image("tools"), "debian/tools:1");

            String manifest =
                    Command.run(
                            dir,
                            List.of(
                                    "skopeo",
                                    "inspect",
                                    "--raw",
                                    "--tls-verify=false",
                                    "docker://" + reference));

            assertThat(manifest.split("image.layer.v1.tar\\+gzip", -1))
                    .hasSize(ToolsImage.PACKAGES.size() + 2);
        }
    }
}
