package carafe.runtime.fake;

import carafe.base.CarafeException;
import carafe.image.FsUsage;
import carafe.image.Image;
import carafe.image.ImageConfig;
import carafe.image.ImageService;
import carafe.image.PullRequest;
import carafe.image.StoreUsage;
import carafe.image.Verification;
import carafe.image.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Images that are there, and snapshots of them. Thread-safe. */
public final class FakeImages implements ImageService {
    public static final String NAME = "docker.io/library/demo:1";
    public static final String ID = "sha256:" + "ab".repeat(32);

    private final Faults faults;
    private final Set<String> snapshots = ConcurrentHashMap.newKeySet();
    private volatile ImageConfig config =
            new ImageConfig(
                    "",
                    List.of("PATH=/bin", "LANG=C"),
                    List.of("/entry"),
                    List.of("arg"),
                    "/work",
                    List.of(),
                    "SIGQUIT",
                    Map.of(),
                    "linux",
                    "amd64",
                    "");

    FakeImages(Faults faults) {
        this.faults = faults;
    }

    public void setConfig(ImageConfig config) {
        this.config = config;
    }

    public ImageConfig config() {
        return config;
    }

    public Set<String> snapshots() {
        return Set.copyOf(snapshots);
    }

    @Override
    public Image pull(PullRequest request) {
        throw new UnsupportedOperationException("the runtime pulls nothing");
    }

    @Override
    public Optional<Image> find(String name) {
        if (!name.equals(NAME) && !name.equals(ID)) {
            return Optional.empty();
        }
        return Optional.of(
                new Image(
                        ID,
                        List.of(NAME),
                        List.of("docker.io/library/demo@sha256:" + "cd".repeat(32)),
                        1000,
                        config,
                        List.of("sha256:" + "ef".repeat(32)),
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
        throw new UnsupportedOperationException("the runtime removes no image");
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
        return snapshots.contains(containerId)
                ? Optional.of(new FsUsage(Path.of("/images"), 4096, 3))
                : Optional.empty();
    }

    @Override
    public Image importFrom(Path source, Optional<String> name) {
        throw new UnsupportedOperationException("the runtime imports nothing");
    }

    @Override
    public String configJson(String imageId) {
        return "{}";
    }

    @Override
    public Snapshot prepare(String imageId, String containerId) {
        return faults.run(
                "images.prepare",
                () -> {
                    snapshots.add(containerId);
                    return new Snapshot(
                            List.of(Path.of("/layers/2/fs"), Path.of("/layers/1/fs")),
                            Path.of("/snapshots/1/fs"),
                            Path.of("/snapshots/1/work"));
                },
                CarafeException.Exhausted::new);
    }

    @Override
    public Set<String> prepared() {
        return snapshots();
    }

    @Override
    public void release(String containerId) {
        faults.run(
                "images.release",
                () -> snapshots.remove(containerId),
                CarafeException.Internal::new);
    }
}
