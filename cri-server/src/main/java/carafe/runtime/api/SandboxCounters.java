package carafe.runtime.api;

import carafe.linux.NetCounters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is counted of a ready pod and its running containers.
 *
 * @param cgroup its path below each hierarchy's root
 * @param network absent on the host's network
 */
public record SandboxCounters(
        SandboxView sandbox,
        String cgroup,
        @Nullable NetCounters network,
        List<ContainerCounters> containers) {
    public SandboxCounters {
        containers = List.copyOf(containers);
    }
}
