package carafe.runtime.api;

import carafe.linux.NetCounters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pod and its running containers use.
 *
 * @param resources absent when it is stopped
 * @param network absent on the host's network, and when it is stopped
 */
public record SandboxUsage(
        SandboxView sandbox,
        @Nullable ResourceUsage resources,
        @Nullable Network network,
        List<ContainerUsage> containers) {
    public SandboxUsage {
        containers = List.copyOf(containers);
    }

    /**
     * @param atNanos Unix time of the sample
     */
    public record Network(long atNanos, NetCounters counters) {}
}
