package carafe.runtime.fake;

import carafe.linux.FileSystemRoom;
import carafe.linux.NetCounters;
import carafe.linux.OpenFiles;
import carafe.linux.cgroup.CgroupCounters;
import carafe.linux.cgroup.CgroupUsage;
import carafe.linux.cgroup.Counter;
import carafe.runtime.port.Meters;
import carafe.runtime.port.ProcessId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Usage that a test sets. Thread-safe. */
public final class FakeMeters implements Meters {
    private final Map<String, Long> cpuNanos = new ConcurrentHashMap<>();

    /** What the cgroup of the pod or container has used so far; all others used nothing. */
    public void use(String id, long nanos) {
        cpuNanos.put(id, nanos);
    }

    @Override
    public Optional<CgroupUsage> cgroup(String path) {
        String id = path.substring(path.lastIndexOf('/') + 1);
        return Optional.of(
                new CgroupUsage(
                        cpuNanos.getOrDefault(id, 0L),
                        new CgroupUsage.Memory(100, 30, 50, 7, 1, null),
                        null,
                        2L,
                        null,
                        null,
                        null));
    }

    @Override
    public Optional<NetCounters> network(ProcessId member) {
        return Optional.of(
                new NetCounters(
                        Optional.of("eth0"),
                        List.of(
                                new NetCounters.Interface(
                                        "eth0",
                                        new NetCounters.Traffic(1000, 10, 0, 0),
                                        new NetCounters.Traffic(2000, 20, 0, 0)))));
    }

    @Override
    public Optional<CgroupCounters> counters(String path) {
        String id = path.substring(path.lastIndexOf('/') + 1);
        return Optional.of(
                new CgroupCounters(
                        Map.of(Counter.CPU_NANOS, cpuNanos.getOrDefault(id, 0L)),
                        List.of(
                                new CgroupCounters.DeviceIo(
                                        "8:0", "8:0", Map.of("Read", 4096L), Map.of("Read", 1L))),
                        List.of(),
                        Set.of(41, 42)));
    }

    @Override
    public Optional<OpenFiles> openFiles(Set<Integer> pids) {
        return Optional.of(new OpenFiles(3L * pids.size(), pids.size()));
    }

    @Override
    public Map<String, Long> softLimits(int pid) {
        return Map.of("max_open_files", 1024L);
    }

    @Override
    public Optional<FileSystemRoom> room(Path path) {
        return Optional.of(new FileSystemRoom("/dev/sda1", 1000, 100, 10));
    }

    @Override
    public String deviceName(String numbers) {
        return numbers.equals("8:0") ? "/dev/sda" : numbers;
    }
}
