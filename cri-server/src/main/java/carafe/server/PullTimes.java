package carafe.server;

import carafe.base.trace.Trace;
import carafe.image.PullMeter;
import carafe.metrics.Count;
import carafe.metrics.Families;
import carafe.metrics.Meters;
import carafe.metrics.Timing;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** How long pulls and their stages take, by registry. Thread-safe. */
final class PullTimes implements PullMeter {
    private static final long MIB = 1L << 20;

    /** Users choose registries' names; more than this many are one. */
    private static final int REGISTRIES = 32;

    private final Timing whole;
    private final Timing stages;
    private final Count downloaded;
    private final Set<String> registries = ConcurrentHashMap.newKeySet();

    PullTimes(Meters meters) {
        this.whole = meters.timing(Families.PULL);
        this.stages = meters.timing(Families.PULL_STAGE);
        this.downloaded = meters.count(Families.PULL_DOWNLOADED);
    }

    @Override
    public void stage(
            Stage stage, String registry, OptionalLong bytes, long nanos, Optional<Trace> trace) {
        String known = known(registry);
        stages.nanos(
                nanos,
                trace,
                stage.name().toLowerCase(Locale.ROOT),
                known,
                bytes.isPresent() ? sizeClass(bytes.getAsLong()) : "none");
        if (stage == Stage.DOWNLOAD) {
            downloaded.add((double) bytes.orElse(0), known);
        }
    }

    @Override
    public void pulled(String registry, boolean success, long nanos, Optional<Trace> trace) {
        whole.nanos(nanos, trace, known(registry), success ? "ok" : "failed");
    }

    static String sizeClass(long bytes) {
        if (bytes < MIB) {
            return "<1MiB";
        }
        if (bytes < 10 * MIB) {
            return "<10MiB";
        }
        return bytes < 100 * MIB ? "<100MiB" : bytes < 1024 * MIB ? "<1GiB" : ">=1GiB";
    }

    private String known(String registry) {
        if (registries.contains(registry)) {
            return registry;
        }
        synchronized (registries) {
            if (registries.size() < REGISTRIES) {
                registries.add(registry);
                return registry;
            }
            return "other";
        }
    }
}
