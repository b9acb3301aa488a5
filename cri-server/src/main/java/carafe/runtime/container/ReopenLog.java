package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.port.ShimException;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.Core;
import java.time.Duration;

/** Makes a running container's log go to a fresh file after a rotation. Thread-safe. */
final class ReopenLog {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Core core;

    ReopenLog(Core core) {
        this.core = core;
    }

    void reopen(String idOrPrefix) {
        ContainerRecord container = core.inventory().containers().require(idOrPrefix);
        String id = container.id();
        if (!(container.state() instanceof ContainerState.Running)) {
            throw notRunning(id);
        }
        try {
            core.ports().shims().container(core.paths().container(id)).reopenLog(DEADLINE);
        } catch (ShimException.Gone e) {
            throw notRunning(id);
        } catch (ShimException e) {
            throw ShimErrors.of("reopen the log of container " + id, e);
        }
    }

    private static CarafeException notRunning(String id) {
        return new CarafeException.Precondition(
                "reopen the log of container %s: it is not running".formatted(id));
    }
}
