package carafe.runtime.container;

import carafe.base.Recent;
import carafe.runtime.api.Resources;
import carafe.runtime.port.Cgroups;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The limits that the kernel has for containers. kubelet asks for a container's status all the
 * time, and each answer would read the files of its cgroup: what was read counts for a second,
 * unless Carafe itself changes the limits in between. Thread-safe.
 */
final class KernelLimits {
    /** How late somebody else's change may be seen. */
    static final Duration FRESH = Duration.ofSeconds(1);

    /** Containers remembered; those of a full node. */
    private static final int MOST = 2048;

    private final Cgroups cgroups;
    private final LongSupplier nanos;
    private final Recent<String, Reading> readings = new Recent<>(MOST);

    /**
     * @param nanos a clock like {@link System#nanoTime}
     */
    KernelLimits(Cgroups cgroups, LongSupplier nanos) {
        this.cgroups = cgroups;
        this.nanos = nanos;
    }

    /**
     * @param recorded what Carafe had set then: after its own change a reading is worth nothing
     */
    private record Reading(Resources recorded, Resources found, long nanos) {}

    /**
     * What the kernel says of a container that has not ended.
     *
     * @param recorded what Carafe has set
     */
    Resources of(String id, String cgroup, Resources recorded) {
        long now = nanos.getAsLong();
        Optional<Reading> last = readings.find(id);
        if (last.isPresent()
                && now - last.get().nanos() < FRESH.toNanos()
                && last.get().recorded().equals(recorded)) {
            return last.get().found();
        }
        Resources found = cgroups.current(cgroup, recorded);
        readings.keep(id, new Reading(recorded, found, now));
        return found;
    }
}
