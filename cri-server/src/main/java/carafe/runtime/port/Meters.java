package carafe.runtime.port;

import carafe.linux.FileSystemRoom;
import carafe.linux.NetCounters;
import carafe.linux.OpenFiles;
import carafe.linux.cgroup.CgroupCounters;
import carafe.linux.cgroup.CgroupUsage;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What pods and containers have used, as the kernel counts it. Thread-safe. */
public interface Meters {
    /** The usual figures; empty when there is no such cgroup. */
    Optional<CgroupUsage> cgroup(String path);

    /** Everything that is counted of a cgroup; empty when there is no such cgroup. */
    Optional<CgroupCounters> counters(String path);

    /**
     * Interfaces of the network namespace that the process is in; empty when the process is gone.
     */
    Optional<NetCounters> network(ProcessId member);

    /** Descriptors of these processes together; empty when there are too many to look at. */
    Optional<OpenFiles> openFiles(Set<Integer> pids);

    /** Soft limits of a process by name; without the unlimited ones, and empty when it is gone. */
    Map<String, Long> softLimits(int pid);

    /** The file system that holds the path; empty when the path is gone. */
    Optional<FileSystemRoom> room(Path path);

    /** The path of the block device with these numbers, such as {@code 8:0}. */
    String deviceName(String numbers);
}
