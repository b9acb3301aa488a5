package carafe.runtime.state;

import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.api.SandboxStatus;
import carafe.runtime.event.EventHub;
import carafe.runtime.port.Ports;
import org.jspecify.annotations.Nullable;

/** What every use case stands on. */
public record Core(Inventory inventory, Ports ports, StatePaths paths, EventHub events) {
    /**
     * Tells subscribers of something that has just happened to a container. Called under the lock
     * under which it happened, so that events come in the order of what they tell.
     */
    public void event(RuntimeEvent.Kind kind, String containerId, String podId) {
        if (events.isHeard()) {
            publish(kind, containerId, podId, inventory.pods().find(podId).orElse(null));
        }
    }

    /** As {@link #event}, of the pod itself, which may have been removed just now. */
    public void podEvent(RuntimeEvent.Kind kind, PodRecord pod) {
        if (events.isHeard()) {
            publish(kind, pod.id(), pod.id(), pod);
        }
    }

    private void publish(
            RuntimeEvent.Kind kind, String containerId, String podId, @Nullable PodRecord pod) {
        SandboxStatus status = pod == null ? null : pod.status(inventory.containersOf(podId));
        events.publish(new RuntimeEvent(kind, containerId, podId, status, ports.nowNanos()));
    }
}
