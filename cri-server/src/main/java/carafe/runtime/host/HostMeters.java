package carafe.runtime.host;

import carafe.linux.NetCounters;
import carafe.linux.PidIdentity;
import carafe.linux.Processes;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.cgroup.CgroupTree;
import carafe.linux.cgroup.CgroupUsage;
import carafe.linux.cgroup.UsageReader;
import carafe.runtime.port.Meters;
import carafe.runtime.port.ProcessId;
import java.util.Optional;

/** Usage as this machine counts it. Thread-safe; owns nothing. */
public final class HostMeters implements Meters {
    private final UsageReader usage;
    private final Processes processes;

    public HostMeters(CgroupTree tree, Processes processes) {
        this.usage = new UsageReader(tree);
        this.processes = processes;
    }

    @Override
    public Optional<CgroupUsage> cgroup(String path) {
        return usage.read(CgroupPath.of(path));
    }

    @Override
    public Optional<NetCounters> network(ProcessId member) {
        return NetCounters.of(new PidIdentity(member.pid(), member.startTicks()), processes);
    }
}
