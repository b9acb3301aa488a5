package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.Core;

/** The check that what is asked for needs a running container. */
final class RunningContainers {
    private RunningContainers() {}

    /**
     * @param doing what is asked for, with the container, for the message
     * @throws CarafeException.NotFound when there is no such container
     * @throws CarafeException.Precondition when it does not run
     */
    static ContainerRecord require(Core core, String doing, String idOrPrefix) {
        ContainerRecord container = core.inventory().containers().require(idOrPrefix);
        if (!(container.state() instanceof ContainerState.Running)) {
            throw new CarafeException.Precondition(doing + ": it is not running");
        }
        return container;
    }
}
