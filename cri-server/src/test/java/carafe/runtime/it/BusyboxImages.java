package carafe.runtime.it;

import carafe.image.FsUsage;
import carafe.image.Image;
import carafe.image.ImageConfig;
import carafe.image.ImageService;
import carafe.image.PullRequest;
import carafe.image.StoreUsage;
import carafe.image.Verification;
import carafe.image.snapshot.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One image in a directory, made of the machine's static busybox. */
final class BusyboxImages implements ImageService {
    static final Path BUSYBOX = Path.of("/usr/bin/busybox");

    private static final String ID = "sha256:" + "12".repeat(32);

    private final Path layer;
    private final Path snapshots;

    BusyboxImages(Path base) throws IOException {
        this.layer = base.resolve("layer");
        this.snapshots = Files.createDirectories(base.resolve("snapshots"));
        Path bin = Files.createDirectories(layer.resolve("bin"));
        Files.createDirectories(layer.resolve("etc"));
        Files.createDirectories(layer.resolve("tmp"));
        Files.copy(BUSYBOX, bin.resolve("busybox"));
        for (String name : List.of("sh", "sleep", "echo", "cat", "true", "dd", "head", "kill")) {
            Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
        }
        Files.writeString(
                layer.resolve("etc/passwd"), "root:x:0:0::/root:/bin/sh\nweb:x:7:8::/:/bin/sh\n");
    }

    @Override
    public Image pull(PullRequest request) {
        throw new UnsupportedOperationException("nothing is pulled here");
    }

    @Override
    public Optional<Image> find(String name) {
        ImageConfig config =
                new ImageConfig(
                        "",
                        List.of("PATH=/bin"),
                        List.of("/bin/sh", "-c"),
                        List.of("true"),
                        "/",
                        List.of(),
                        "",
                        Map.of(),
                        "linux",
                        "amd64",
                        "");
        return Optional.of(
                new Image(
                        ID,
                        List.of(name),
                        List.of(),
                        1,
                        config,
                        List.of("sha256:x"),
                        false,
                        Map.of(),
                        false));
    }

    @Override
    public List<Image> list() {
        return List.of();
    }

    @Override
    public void remove(String name) {
        throw new UnsupportedOperationException("nothing is removed here");
    }

    @Override
    public StoreUsage usage() {
        return new StoreUsage(new FsUsage(Path.of("/"), 0, 0), new FsUsage(Path.of("/"), 0, 0));
    }

    @Override
    public Optional<Image> findForUse(String tagDigestIdOrPrefix, String userSpecified) {
        return find(tagDigestIdOrPrefix);
    }

    @Override
    public Verification verify(Optional<String> tagDigestIdOrPrefix) {
        return new Verification(0, 0, 0, 0, List.of(), List.of());
    }

    @Override
    public Optional<FsUsage> written(String containerId) {
        return Optional.empty();
    }

    @Override
    public Image importFrom(Path source, Optional<String> name) {
        throw new UnsupportedOperationException("nothing is imported here");
    }

    @Override
    public String configJson(String imageId) {
        return "{}";
    }

    @Override
    public Snapshot prepare(String imageId, String containerId) {
        try {
            Path own = snapshots.resolve(containerId);
            return new Snapshot(
                    List.of(layer),
                    Files.createDirectories(own.resolve("fs")),
                    Files.createDirectories(own.resolve("work")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Set<String> prepared() {
        try (Stream<Path> entries = Files.list(snapshots)) {
            return entries.map(each -> String.valueOf(each.getFileName()))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void release(String containerId) {
        Path own = snapshots.resolve(containerId);
        if (!Files.exists(own)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(own)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
