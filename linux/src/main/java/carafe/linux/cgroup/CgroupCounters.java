package carafe.linux.cgroup;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything the kernel counts of a cgroup. What this machine does not count is absent.
 *
 * @param devices block devices that it has used, as far as the kernel counts them
 * @param hugePages by size, where there are any
 * @param pids of its processes, those of the cgroups below too
 */
public record CgroupCounters(
        Map<Counter, Long> values,
        List<DeviceIo> devices,
        List<HugePages> hugePages,
        Set<Integer> pids) {
    public CgroupCounters {
        values = Map.copyOf(values);
        devices = List.copyOf(devices);
        hugePages = List.copyOf(hugePages);
        pids = Set.copyOf(pids);
    }

    public Optional<Long> value(Counter counter) {
        return Optional.ofNullable(values.get(counter));
    }

    /**
     * What went to and from one block device.
     *
     * @param numbers as {@code 8:0}
     * @param name path in /dev, or the numbers where nobody looked for it
     * @param bytes by operation as the kernel names it, such as {@code Read}
     * @param operations likewise
     */
    public record DeviceIo(
            String numbers, String name, Map<String, Long> bytes, Map<String, Long> operations) {
        public DeviceIo {
            bytes = Map.copyOf(bytes);
            operations = Map.copyOf(operations);
        }
    }

    /**
     * Huge pages of one size.
     *
     * @param size as the kernel writes it, such as {@code 2MB}
     * @param peakBytes empty where the kernel does not keep it (version 2)
     */
    public record HugePages(String size, long bytes, Optional<Long> peakBytes) {}
}
