package carafe.runtime.fake;

import carafe.linux.NetCounters;
import carafe.linux.cgroup.CgroupUsage;
import carafe.runtime.port.Meters;
import carafe.runtime.port.ProcessId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
                        List.of(new NetCounters.Interface("eth0", 1000, 0, 2000, 0))));
    }
}
