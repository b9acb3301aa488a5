package carafe.runtime;

import carafe.base.CarafeException;
import carafe.runtime.port.ShimException;
import carafe.runtime.port.Shims;
import carafe.runtime.state.BundleDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether containers can have user namespaces on this machine, found out by making one with the
 * mounts a container needs, on the file system of the images. A yes is kept; a no is looked at
 * again after a minute, since it can pass. Thread-safe.
 */
final class UserNamespaceSupport {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();
    private static final List<String> PARTS = List.of("low", "lower", "upper", "work");

    private final Shims shims;
    private final Path directory;
    private final LongSupplier nanoTime;
    private @Nullable Optional<String> last;
    private long lookedAt;

    /**
     * @param root where images are, for example {@code /var/lib/carafe}
     * @param nanoTime a clock that only runs forward
     */
    UserNamespaceSupport(Shims shims, Path root, LongSupplier nanoTime) {
        this.shims = shims;
        this.directory = root.resolve(".userns-probe");
        this.nanoTime = nanoTime;
    }

    /** Empty, or why not. */
    synchronized Optional<String> problem() {
        Optional<String> known = last;
        boolean old = nanoTime.getAsLong() - lookedAt > FRESH_NANOS;
        if (known != null && (known.isEmpty() || !old)) {
            return known;
        }
        Optional<String> found = look();
        last = found;
        lookedAt = nanoTime.getAsLong();
        return found;
    }

    private Optional<String> look() {
        try {
            delete();
            BundleDirectory.make(directory);
            PARTS.forEach(each -> BundleDirectory.make(directory.resolve(each)));
            return shims.userNamespaceProblem(directory, DEADLINE);
        } catch (ShimException | CarafeException e) {
            return Optional.of("it could not be tried: " + e.getMessage());
        } finally {
            delete();
        }
    }

    private void delete() {
        PARTS.forEach(each -> BundleDirectory.delete(directory.resolve(each)));
        BundleDirectory.delete(directory);
    }
}
