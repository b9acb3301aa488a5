package carafe.runtime.state;

import carafe.runtime.event.EventHub;
import carafe.runtime.event.RuntimeEvent;
import carafe.runtime.port.Ports;

/** What every use case stands on. */
public record Core(Inventory inventory, Ports ports, StatePaths paths, EventHub events) {
    /** Tells subscribers of something that has just happened to a container. */
    public void event(RuntimeEvent.Kind kind, String containerId, String podId) {
        events.publish(new RuntimeEvent(kind, containerId, podId, ports.nowNanos()));
    }

    /** Tells subscribers of something that has just happened to a pod. */
    public void podEvent(RuntimeEvent.Kind kind, String podId) {
        event(kind, podId, podId);
    }
}
