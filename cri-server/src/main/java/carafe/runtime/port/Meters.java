package carafe.runtime.port;

import carafe.linux.NetCounters;
import carafe.linux.cgroup.CgroupUsage;
import java.util.Optional;

/** What pods and containers have used, as the kernel counts it. Thread-safe. */
public interface Meters {
    /** Empty when there is no such cgroup. */
    Optional<CgroupUsage> cgroup(String path);

    /**
     * Interfaces of the network namespace that the process is in; empty when the process is gone.
     */
    Optional<NetCounters> network(ProcessId member);
}
