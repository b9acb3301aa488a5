package carafe.runtime;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import carafe.runtime.api.RuntimeCondition;
import carafe.runtime.state.Core;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of the runtime, found by looking: state directories can be written, shims can be
 * started, cgroups and images can be used. Looked at anew when the last look is a few seconds old;
 * a look that hangs counts as failed, and one at most is under way. Thread-safe.
 */
final class Health {
    private static final Duration FRESH = Duration.ofSeconds(5);
    private static final Duration DEADLINE = Duration.ofSeconds(3);

    private final Core core;
    private final Path root;
    private @Nullable FutureTask<RuntimeCondition> look;
    private long lookedAtNanos;

    /**
     * @param root for example {@code /var/lib/carafe}
     */
    Health(Core core, Path root) {
        this.core = core;
        this.root = root;
    }

    List<RuntimeCondition> conditions() {
        return List.of(runtime(), core.ports().network().readiness());
    }

    private RuntimeCondition runtime() {
        try {
            return current().get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return failed("CheckTimedOut", "the runtime's own check has hung for " + DEADLINE);
        } catch (ExecutionException e) {
            return failed("CheckFailed", "the runtime's own check failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("CheckFailed", "the runtime's own check was interrupted");
        }
    }

    private synchronized FutureTask<RuntimeCondition> current() {
        FutureTask<RuntimeCondition> last = look;
        boolean old = System.nanoTime() - lookedAtNanos > FRESH.toNanos();
        if (last != null && !(last.isDone() && old)) {
            return last;
        }
        FutureTask<RuntimeCondition> fresh = new FutureTask<>(this::check);
        look = fresh;
        lookedAtNanos = System.nanoTime();
        // A platform thread: a look at a dead disk must not pin a carrier.
        Thread.ofPlatform().daemon().name("health").start(fresh);
        return fresh;
    }

    private RuntimeCondition check() {
        Optional<String> directory = unwritable(root).or(() -> unwritable(core.paths().state()));
        if (directory.isPresent()) {
            return failed("StateNotWritable", directory.get());
        }
        Optional<String> shim = core.ports().shims().problem();
        if (shim.isPresent()) {
            return failed("ShimNotStartable", shim.get());
        }
        Optional<String> cgroups = core.ports().cgroups().problem();
        if (cgroups.isPresent()) {
            return failed("CgroupsNotUsable", cgroups.get());
        }
        try {
            core.ports().images().usage();
        } catch (CarafeException e) {
            return failed("ImageStoreNotUsable", String.valueOf(e.getMessage()));
        }
        return new RuntimeCondition("RuntimeReady", true, "", "");
    }

    private Optional<String> unwritable(Path directory) {
        Path probe = directory.resolve(".writable");
        try {
            Files.createDirectories(directory);
            core.ports().files().write(probe, new byte[] {1}, DurableFiles.Durability.PROCESS);
            core.ports().files().delete(probe);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("%s cannot be written: %s".formatted(directory, e));
        }
    }

    private static RuntimeCondition failed(String reason, String message) {
        return new RuntimeCondition("RuntimeReady", false, reason, message);
    }
}
