package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.port.ProcessId;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.Core;
import org.jspecify.annotations.Nullable;

/** The process whose PID namespace a container joins with mode TARGET. */
final class PidTargets {
    private final Core core;

    PidTargets(Core core) {
        this.core = core;
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
