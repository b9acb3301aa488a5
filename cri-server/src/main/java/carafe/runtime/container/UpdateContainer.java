package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.base.KeyedLock;
import carafe.base.Rollback;
import carafe.base.Steps;
import carafe.runtime.api.Resources;
import carafe.runtime.port.Cgroups;
import carafe.runtime.spec.ResourceRules;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.Core;

/**
 * Changes the limits of a container that is created or runs: the kernel's and the record's, or
 * neither. Thread-safe.
 */
final class UpdateContainer {
    private final Core core;

    UpdateContainer(Core core) {
        this.core = core;
    }

    /**
     * @param change 0 and empty leave a limit as it is
     */
    void update(String idOrPrefix, Resources change) {
        ResourceRules.check(change);
        String id = core.inventory().containers().require(idOrPrefix).id();
        try (Steps.Running running = core.ports().steps().begin("container.update", id);
                KeyedLock.Held _ = core.inventory().lock(id)) {
            ContainerRecord container = core.inventory().containers().require(id);
            checkAlive(container);
            Resources together = container.settings().resources().changedBy(change);
            ResourceRules.check(together);
            apply(container, change, together);
            running.done();
        }
    }

    private void apply(ContainerRecord container, Resources change, Resources together) {
        String id = container.id();
        try (Rollback undo = new Rollback("update container " + id)) {
            Cgroups.LimitChange limits = core.ports().cgroups().change(container.cgroup(), change);
            undo.add("limits of container " + id, limits::undo);
            core.ports().steps().reached("container.update.limits");
            undo.add("record of container " + id, () -> save(container));
            save(container.limitedTo(together));
            core.ports().steps().reached("container.update.record");
            undo.commit();
        }
    }

    private void save(ContainerRecord container) {
        core.inventory().containers().save(container);
    }

    private static void checkAlive(ContainerRecord container) {
        String id = container.id();
        switch (container.state()) {
            case ContainerState.Created _, ContainerState.Running _ -> {}
            case ContainerState.Exited _ ->
                    throw new CarafeException.Precondition(
                            "update container %s: it has ended, there is nothing to limit"
                                    .formatted(id));
            case ContainerState.Unknown _ ->
                    throw new CarafeException.Precondition(
                            "update container %s: its shim does not answer".formatted(id));
        }
    }
}
