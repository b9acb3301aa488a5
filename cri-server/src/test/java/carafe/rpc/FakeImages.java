package carafe.rpc;

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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One image; a pull of {@code slow} waits until it is interrupted. Thread-safe. */
public final class FakeImages implements ImageService {
    public static final String ID = "sha256:" + "c".repeat(64);

    /** The last pull's request. */
    public final AtomicReference<@Nullable PullRequest> pulled = new AtomicReference<>();

    /** Reached when a slow pull has begun, and when it was interrupted. */
    public final CountDownLatch begun = new CountDownLatch(1);

    public final CountDownLatch interrupted = new CountDownLatch(1);

    private final String user;

    public FakeImages(String user) {
        this.user = user;
    }

    @Override
    public Image pull(PullRequest request) {
        pulled.set(request);
        if (request.ref().equals("slow")) {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw new CarafeException.Deadline("pull slow: given up", e);
            }
        }
        return image();
    }

    @Override
    public Optional<Image> find(String name) {
        return name.equals("busybox") || ID.startsWith(name)
                ? Optional.of(image())
                : Optional.empty();
    }

    @Override
    public List<Image> list() {
        return List.of(image());
    }

    @Override
    public void remove(String name) {}

    @Override
    public StoreUsage usage() {
        return new StoreUsage(
                new FsUsage(Path.of("/var/lib/carafe"), 1 << 20, 42),
                new FsUsage(Path.of("/var/lib/carafe"), 1 << 12, 3));
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
    public Image importFrom(Path archive, Optional<String> name) {
        return image();
    }

    @Override
    public String configJson(String imageId) {
        return "{\"architecture\":\"amd64\",\"config\":{\"Cmd\":[\"sh\"]}}";
    }

    @Override
    public Snapshot prepare(String imageId, String containerId) {
        throw new CarafeException.Unsupported("no snapshots here");
    }

    @Override
    public Set<String> prepared() {
        return Set.of();
    }

    @Override
    public void release(String containerId) {}

    private Image image() {
        return new Image(
                ID,
                List.of("docker.io/library/busybox:latest"),
                List.of("docker.io/library/busybox@" + ID),
                4_000_000_000L,
                new ImageConfig(
                        user,
                        List.of(),
                        List.of(),
                        List.of("sh"),
                        "",
                        List.of(),
                        "",
                        Map.of(),
                        "linux",
                        "amd64",
                        ""),
                List.of("sha256:layer"),
                true,
                Map.of("made.by", "us"),
                false);
    }
}
