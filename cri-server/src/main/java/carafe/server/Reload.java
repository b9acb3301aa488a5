package carafe.server;

import carafe.base.CarafeException;
import carafe.config.CarafeConfig;
import carafe.config.Reloaded;
import carafe.metrics.Count;
import carafe.metrics.Families;
import carafe.metrics.Meters;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a changed configuration over while the daemon runs: what can change at once is applied,
 * what cannot is named. A configuration that is wrong changes nothing. Thread-safe.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final Consumer<CarafeConfig> apply;
    private final Runnable taken;
    private final Runnable refused;
    private final AtomicBoolean good = new AtomicBoolean(true);
    private volatile CarafeConfig running;

    /**
     * @param running what the daemon was started with
     * @param apply makes the live values of a configuration count
     */
    Reload(CarafeConfig running, Consumer<CarafeConfig> apply, Meters meters) {
        this.running = running;
        this.apply = apply;
        Count reloads = meters.count(Families.CONFIG_RELOADS).begin("taken").begin("refused");
        this.taken = () -> reloads.add(1, "taken");
        this.refused = () -> reloads.add(1, "refused");
        meters.gauge(Families.CONFIG_GOOD, () -> good.get() ? 1 : 0);
    }

    /**
     * Reads and applies.
     *
     * @param source fails with Invalid when the configuration is wrong
     */
    synchronized void run(Supplier<CarafeConfig> source) {
        try {
            Reloaded reloaded = Reloaded.of(running, source.get());
            apply.accept(reloaded.config());
            running = reloaded.config();
            good.set(true);
            taken.run();
            tell(reloaded);
        } catch (CarafeException e) {
            good.set(false);
            refused.run();
            LOG.atError()
                    .addKeyValue("error", e.getMessage())
                    .log("The configuration was not reloaded; what was running goes on");
        }
    }

    /** What counts now: live values as they were last read, the others as at the start. */
    CarafeConfig running() {
        return running;
    }

    private static void tell(Reloaded reloaded) {
        LOG.atInfo().addKeyValue("changed", reloaded.applied()).log("Configuration reloaded");
        if (!reloaded.needRestart().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("keys", reloaded.needRestart())
                    .log("Changes of the configuration that need a restart of Carafe");
        }
    }
}
