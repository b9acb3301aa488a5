package carafe.runtime.api;

import java.util.List;

/**
 * What pods and containers use now. Ids may be given as unique prefixes. Thread-safe; throws {@link
 * carafe.base.CarafeException.NotFound} for an unknown id.
 */
public interface UsageStats {
    /** One container, in whatever state. */
    ContainerUsage container(String id);

    /** The running containers that the filter lets through, in order of creation. */
    List<ContainerUsage> containers(ContainerFilter filter);

    /** One pod, in whatever state. */
    SandboxUsage sandbox(String id);

    /** The ready pods that the filter lets through, in order of creation. */
    List<SandboxUsage> sandboxes(SandboxFilter filter);

    /** Everything that is counted of the ready pods and their running containers. */
    List<SandboxCounters> counters();
}
