package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.port.ProcessId;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.Core;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The process whose PID namespace a container joins with mode TARGET. */
final class PidTargets {
    private final Core core;
    private final ContainerBundle bundles;

    PidTargets(Core core, ContainerBundle bundles) {
        this.core = core;
        this.bundles = bundles;
    }

    /**
     * Looks at the target once more before the start: it may have ended since the create, and with
     * it the namespace.
     *
     * @throws CarafeException.Precondition when it has
     */
    void checkAgain(String containerId) {
        Optional<ProcessId> target =
                bundles.shim(containerId)
                        .filter(shim -> shim.path("targetPid").asInt(0) > 0)
                        .map(shim ->
                                new ProcessId(
                                        shim.path("targetPid").asInt(),
                                        shim.path("targetStartTicks").asLong()));
        if (target.isPresent() && !core.ports().processes().isAlive(target.get())) {
            throw new CarafeException.Precondition(
                    "start container %s: the target of its PID namespace, process %d, is not running"
                            .formatted(containerId, target.get().pid()));
        }
    }

    @Nullable ProcessId of(String podId, @Nullable NamespaceModes modes) {
        if (modes == null || modes.pid() != Mode.TARGET) {
            return null;
        }
        ContainerRecord target = core.inventory().containers().require(modes.targetId());
        if (!target.podId().equals(podId)) {
            throw new CarafeException.Invalid(
                    "container %s is of another pod and cannot be the target of a PID namespace"
                            .formatted(target.id()));
        }
        if (target.state() instanceof ContainerState.Running running) {
            return running.init();
        }
        throw new CarafeException.Precondition(
                "container %s, the target of a PID namespace, is not running"
                        .formatted(target.id()));
    }
}
