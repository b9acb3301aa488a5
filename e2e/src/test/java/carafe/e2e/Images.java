package carafe.e2e;

import carafe.probe.ProbeFile;
import carafe.testkit.debian.DockerRegistry;
import carafe.testkit.debian.ImageDirectory;
import carafe.testkit.debian.ToolsImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** The registry of a test run with its images, made once and shared by all test classes. */
final class Images implements AutoCloseable {
    private static final Namespace NAMESPACE = Namespace.create(Images.class);

    private final Path dir;
    private final DockerRegistry registry;
    private final ImageDirectory directory;
    private final String tools;
    private final String small;
    private @Nullable String probe;

    private Images() throws IOException, InterruptedException {
        String top = System.getenv().getOrDefault("CARAFE_TEST_DIR", "/var/tmp");
        dir = Files.createTempDirectory(Path.of(top), "cft-images-");
        directory = new ImageDirectory(Files.createDirectories(dir.resolve("made")));
        ToolsImage.create(directory, "tools", dir);
        ToolsImage.createSmall(directory, "small", dir);
        registry = DockerRegistry.start(Files.createDirectories(dir.resolve("registry")));
        tools = registry.push(directory.image("tools"), "debian/tools:1");
        small = registry.push(directory.image("small"), "debian/small:1");
    }

    /** The run's one registry. */
    static Images of(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Images.class, _ -> create(), Images.class);
    }

    /** Six layers of Debian packages over busybox. */
    String tools() {
        return tools;
    }

    /** One layer: busybox and its applets. */
    String small() {
        return small;
    }

    /**
     * Busybox, and the program of module probe as {@code /probe}; made when it is first asked for.
     */
    String probe() throws IOException, InterruptedException {
        String known = probe;
        if (known == null) {
            Path tree = Files.createTempDirectory(dir, "probe");
            Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
            ProbeFile.copyTo(tree.resolve("probe"));
            directory.copy("small", "probe");
            directory.addTree("probe", tree);
            known = registry.push(directory.image("probe"), "debian/probe:1");
            probe = known;
        }
        return known;
    }

    DockerRegistry registry() {
        return registry;
    }

    /** Where more images can be made. */
    ImageDirectory directory() {
        return directory;
    }

    /** An existing directory for the making of images. */
    Path scratch() {
        return dir;
    }

    @Override
    public void close() throws IOException {
        registry.close();
        try (Stream<Path> tree = Files.walk(dir)) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Images create() {
        try {
            return new Images();
        } catch (IOException e) {
            throw new AssertionError("no images to test with", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while images were made", e);
        }
    }
}
