package carafe.linux.cgroup;

import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads everything that is counted of a cgroup, of version 1 and 2, each file once. The figures of
 * one cgroup are some microseconds apart. Thread-safe; owns nothing.
 */
public final class CounterReader {
    /** Of {@code cpuacct.stat}: USER_HZ is 100 on every architecture of ours. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private static final List<String> PAGE_SIZES =
            List.of("64KB", "2MB", "32MB", "512MB", "1GB", "16GB");

    private final CgroupTree tree;
    private final CounterFiles files;
    private final MemoryCounters memory;
    private final DeviceCounters devices;

    public CounterReader(CgroupTree tree) {
        this.tree = tree;
        this.files = new CounterFiles(tree.files());
        this.memory = new MemoryCounters(files);
        this.devices = new DeviceCounters(files);
    }

    /** The counters now; empty when there is no such cgroup (any more). */
    public Optional<CgroupCounters> read(CgroupPath path) {
        if (!tree.exists(path)) {
            return Optional.empty();
        }
        Counts counts = new Counts();
        tree.directory(Controller.CPUACCT, path)
                .filter(where -> where.version() == 1)
                .ifPresent(where -> cpuTime(where.directory(), counts));
        tree.directory(Controller.CPU, path).ifPresent(where -> cpu(where, counts));
        tree.directory(Controller.MEMORY, path).ifPresent(where -> memory.read(where, counts));
        tree.directory(Controller.PIDS, path).ifPresent(where -> threads(where, counts));
        tree.unified(path).ifPresent(directory -> unified(directory, counts));
        return Optional.of(
                new CgroupCounters(
                        counts.values,
                        tree.directory(Controller.BLKIO, path).map(devices::read).orElse(List.of()),
                        tree.directory(Controller.HUGETLB, path)
                                .map(this::hugePages)
                                .orElse(List.of()),
                        pids(path)));
    }

    /** Version 1. */
    private void cpuTime(Path directory, Counts counts) {
        counts.put(Counter.CPU_NANOS, files.number(directory.resolve("cpuacct.usage")));
        Map<String, Long> stat = files.fields(directory.resolve("cpuacct.stat"));
        counts.put(Counter.CPU_USER_NANOS, stat.get("user"), NANOS_PER_TICK);
        counts.put(Counter.CPU_SYSTEM_NANOS, stat.get("system"), NANOS_PER_TICK);
    }

    private void cpu(CgroupTree.ControllerDirectory where, Counts counts) {
        Path directory = where.directory();
        if (where.version() == 2) {
            String[] limit =
                    files.text(directory.resolve("cpu.max")).orElse("").strip().split(" ", -1);
            if (limit.length == 2) {
                counts.put(Counter.CPU_QUOTA_MICROS, CounterFiles.parsed(limit[0]));
                counts.put(Counter.CPU_PERIOD_MICROS, CounterFiles.parsed(limit[1]));
            }
            Long weight = files.number(directory.resolve("cpu.weight"));
            counts.put(
                    Counter.CPU_SHARES,
                    weight == null ? null : Long.valueOf(CpuController.shares(weight)));
            return;
        }
        Map<String, Long> stat = files.fields(directory.resolve("cpu.stat"));
        counts.put(Counter.CPU_PERIODS, stat.get("nr_periods"));
        counts.put(Counter.CPU_THROTTLED_PERIODS, stat.get("nr_throttled"));
        counts.put(Counter.CPU_THROTTLED_NANOS, stat.get("throttled_time"));
        counts.put(Counter.CPU_SHARES, files.number(directory.resolve("cpu.shares")));
        counts.put(Counter.CPU_PERIOD_MICROS, files.number(directory.resolve("cpu.cfs_period_us")));
        counts.put(Counter.CPU_QUOTA_MICROS, files.limit(directory.resolve("cpu.cfs_quota_us")));
    }

    /** What the tree of version 2 has of every cgroup, with or without controllers. */
    private void unified(Path directory, Counts counts) {
        pressure(directory, "cpu", Counter.CPU_SOME_NANOS, Counter.CPU_FULL_NANOS, counts);
        pressure(directory, "memory", Counter.MEMORY_SOME_NANOS, Counter.MEMORY_FULL_NANOS, counts);
        pressure(directory, "io", Counter.IO_SOME_NANOS, Counter.IO_FULL_NANOS, counts);
        if (tree.layout().v1().containsKey(Controller.CPUACCT)) {
            return;
        }
        Map<String, Long> stat = files.fields(directory.resolve("cpu.stat"));
        counts.put(Counter.CPU_NANOS, stat.get("usage_usec"), 1000);
        counts.put(Counter.CPU_USER_NANOS, stat.get("user_usec"), 1000);
        counts.put(Counter.CPU_SYSTEM_NANOS, stat.get("system_usec"), 1000);
        counts.put(Counter.CPU_PERIODS, stat.get("nr_periods"));
        counts.put(Counter.CPU_THROTTLED_PERIODS, stat.get("nr_throttled"));
        counts.put(Counter.CPU_THROTTLED_NANOS, stat.get("throttled_usec"), 1000);
    }

    private void pressure(
            Path directory, String resource, Counter some, Counter full, Counts counts) {
        files.text(directory.resolve(resource + ".pressure"))
                .flatMap(Pressure::parse)
                .ifPresent(pressure -> {
                    counts.put(some, pressure.some().totalNanos());
                    counts.put(full, pressure.full().totalNanos());
                });
    }

    private void threads(CgroupTree.ControllerDirectory where, Counts counts) {
        counts.put(Counter.THREADS, files.number(where.directory().resolve("pids.current")));
        counts.put(Counter.THREADS_LIMIT, files.limitOrZero(where.directory().resolve("pids.max")));
    }

    private List<CgroupCounters.HugePages> hugePages(CgroupTree.ControllerDirectory where) {
        boolean v1 = where.version() == 1;
        List<CgroupCounters.HugePages> found = new ArrayList<>();
        for (String size : PAGE_SIZES) {
            Path prefix = where.directory();
            Long bytes =
                    files.number(
                            prefix.resolve(
                                    "hugetlb." + size + (v1 ? ".usage_in_bytes" : ".current")));
            if (bytes != null) {
                Long peak =
                        v1
                                ? files.number(
                                        prefix.resolve("hugetlb." + size + ".max_usage_in_bytes"))
                                : null;
                found.add(new CgroupCounters.HugePages(size, bytes, Optional.ofNullable(peak)));
            }
        }
        return found;
    }

    /** Of one hierarchy: the container's processes are in the same cgroup of all of them. */
    private Set<Integer> pids(CgroupPath path) {
        Set<Integer> pids = new HashSet<>();
        tree.directory(Controller.PIDS, path)
                .map(CgroupTree.ControllerDirectory::directory)
                .or(() -> tree.unified(path))
                .ifPresent(directory -> collect(directory, pids));
        return pids;
    }

    private void collect(Path directory, Set<Integer> pids) {
        for (String line : files.lines(directory.resolve("cgroup.procs"))) {
            Long pid = CounterFiles.parsed(line);
            // 0 = a process that this PID namespace does not see.
            if (pid != null && pid > 1) {
                pids.add(pid.intValue());
            }
        }
        try {
            for (Path below : tree.files().directories(directory)) {
                collect(below, pids);
            }
        } catch (SyscallException e) {
            // It went while we read.
        }
    }

    /** The figures found so far. */
    static final class Counts {
        private final Map<Counter, Long> values = new EnumMap<>(Counter.class);

        void put(Counter counter, @Nullable Long value) {
            put(counter, value, 1);
        }

        void put(Counter counter, @Nullable Long value, long unit) {
            if (value != null) {
                values.put(counter, value * unit);
            }
        }
    }
}
