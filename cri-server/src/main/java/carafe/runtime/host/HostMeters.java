package carafe.runtime.host;

import carafe.linux.BlockDevices;
import carafe.linux.FileSystemRoom;
import carafe.linux.NetCounters;
import carafe.linux.OpenFiles;
import carafe.linux.PidIdentity;
import carafe.linux.ProcessLimits;
import carafe.linux.Processes;
import carafe.linux.cgroup.CgroupCounters;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.cgroup.CgroupTree;
import carafe.linux.cgroup.CgroupUsage;
import carafe.linux.cgroup.CounterReader;
import carafe.linux.cgroup.UsageReader;
import carafe.runtime.port.Meters;
import carafe.runtime.port.ProcessId;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Usage as this machine counts it. Thread-safe; owns nothing. */
public final class HostMeters implements Meters {
    private final UsageReader usage;
    private final CounterReader counters;
    private final Processes processes;

    public HostMeters(CgroupTree tree, Processes processes) {
        this.usage = new UsageReader(tree);
        this.counters = new CounterReader(tree);
        this.processes = processes;
    }

    @Override
    public Optional<CgroupUsage> cgroup(String path) {
        return usage.read(CgroupPath.of(path));
    }

    @Override
    public Optional<CgroupCounters> counters(String path) {
        return counters.read(CgroupPath.of(path));
    }

    @Override
    public Optional<NetCounters> network(ProcessId member) {
        return NetCounters.of(new PidIdentity(member.pid(), member.startTicks()), processes);
    }

    @Override
    public Optional<OpenFiles> openFiles(Set<Integer> pids) {
        return OpenFiles.of(pids);
    }

    @Override
    public Map<String, Long> softLimits(int pid) {
        return ProcessLimits.soft(pid);
    }

    @Override
    public Optional<FileSystemRoom> room(Path path) {
        return FileSystemRoom.of(path);
    }

    @Override
    public String deviceName(String numbers) {
        return BlockDevices.name(numbers);
    }
}
