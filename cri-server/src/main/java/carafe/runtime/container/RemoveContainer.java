package carafe.runtime.container;

import carafe.base.KeyedLock;
import carafe.base.Steps;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.Core;
import java.time.Duration;
import java.util.Optional;

/**
 * Ends a container if need be and removes every trace of it but its log. Idempotent. Thread-safe.
 */
final class RemoveContainer {
    private final Core core;
    private final StopContainer stop;
    private final ContainerHoldings holdings;
    private final Exits exits;

    RemoveContainer(Core core, StopContainer stop, ContainerHoldings holdings, Exits exits) {
        this.core = core;
        this.stop = stop;
        this.holdings = holdings;
        this.exits = exits;
    }

    /** An unknown id is success. */
    void remove(String idOrPrefix) {
        Optional<ContainerRecord> found = core.inventory().containers().find(idOrPrefix);
        if (found.isEmpty()) {
            return;
        }
        String id = found.get().id();
        try (Steps.Running running = core.ports().steps().begin("container.remove", id)) {
            stop.stop(id, Duration.ZERO);
            core.ports().steps().reached("container.remove.stop");
            forget(id);
            running.done();
        }
    }

    private void forget(String id) {
        try (KeyedLock.Held _ = core.inventory().lock(id)) {
            Optional<ContainerRecord> found = core.inventory().containers().find(id);
            if (found.isEmpty()) {
                return;
            }
            exits.forget(id);
            holdings.release(id, found.get().bootId(), found.get().cgroup());
            core.inventory().containers().remove(id);
            core.inventory().containerNames().release(found.get().name(), id);
            core.event(RuntimeEvent.Kind.DELETED, id, found.get().podId());
            core.ports().steps().reached("container.remove.record");
        }
    }
}
