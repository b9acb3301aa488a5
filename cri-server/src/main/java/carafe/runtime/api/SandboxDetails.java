package carafe.runtime.api;

import java.util.List;

/**
 * What verbose status shows of a pod beside its status.
 *
 * @param logDirectory empty = no logs
 * @param bundle directory of the process that holds the pod's namespaces
 */
public record SandboxDetails(
        String hostname,
        String logDirectory,
        boolean privileged,
        List<PortMapping> portMappings,
        String bundle) {
    public SandboxDetails {
        portMappings = List.copyOf(portMappings);
    }
}
