package carafe.runtime.api;

import java.util.List;

/**
 * A sandbox in full.
 *
 * @param addresses the pod's own addresses, the first one is primary; empty with the node's network
 * @param holder the process that pins the namespaces; 0 = none
 * @param overhead what the runtime itself takes, as told last
 * @param resources of the containers together, as told last
 * @param containers status of its containers, for evented clients
 */
public record SandboxStatus(
        SandboxView view,
        List<String> addresses,
        NamespaceModes namespaces,
        int holder,
        String cgroupParent,
        Resources overhead,
        Resources resources,
        List<ContainerStatus> containers) {
    public SandboxStatus {
        addresses = List.copyOf(addresses);
        containers = List.copyOf(containers);
    }
}
