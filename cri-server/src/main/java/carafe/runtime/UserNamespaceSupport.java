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
    private Optional<String> last = Optional.of("it was not tried yet");
    private long lookedAt;
    private boolean looked;

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
        boolean old = !looked || nanoTime.getAsLong() - lookedAt > FRESH_NANOS;
        if (last.isPresent() && old) {
            last = look();
            lookedAt = nanoTime.getAsLong();
            looked = true;
        }
        return last;
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
