package carafe.linux.cgroup;

import carafe.linux.cgroup.CounterReader.Counts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The memory controller's files, of version 1 and 2. Thread-safe. */
final class MemoryCounters {
    /** What makes up the kernel's memory where Linux before 5.18 does not add it up. */
    private static final List<String> KERNEL_PARTS =
            List.of("kernel_stack", "pagetables", "percpu", "sock", "slab");

    private final CounterFiles files;

    MemoryCounters(CounterFiles files) {
        this.files = files;
    }

    void read(CgroupTree.ControllerDirectory where, Counts counts) {
        Path directory = where.directory();
        Map<String, Long> stat = files.fields(directory.resolve("memory.stat"));
        if (where.version() == 1) {
            versionOne(directory, stat, counts);
        } else {
            versionTwo(directory, stat, counts);
        }
    }

    private void versionOne(Path directory, Map<String, Long> stat, Counts counts) {
        Long usage = files.number(directory.resolve("memory.usage_in_bytes"));
        usage(usage, stat.get("total_inactive_file"), counts);
        counts.put(
                Counter.MEMORY_PEAK_BYTES,
                files.number(directory.resolve("memory.max_usage_in_bytes")));
        counts.put(Counter.MEMORY_FILE_BYTES, stat.get("total_cache"));
        counts.put(Counter.MEMORY_ANONYMOUS_BYTES, stat.get("total_rss"));
        counts.put(Counter.MEMORY_MAPPED_FILE_BYTES, stat.get("total_mapped_file"));
        counts.put(
                Counter.MEMORY_KERNEL_BYTES,
                files.number(directory.resolve("memory.kmem.usage_in_bytes")));
        counts.put(
                Counter.MEMORY_LIMIT_BYTES,
                files.limitOrZero(directory.resolve("memory.limit_in_bytes")));
        counts.put(
                Counter.MEMORY_RESERVATION_BYTES,
                files.limitOrZero(directory.resolve("memory.soft_limit_in_bytes")));
        counts.put(Counter.MEMORY_LIMIT_HITS, files.number(directory.resolve("memory.failcnt")));
        counts.put(Counter.SWAP_BYTES, stat.get("total_swap"));
        counts.put(
                Counter.SWAP_LIMIT_BYTES,
                files.limitOrZero(directory.resolve("memory.memsw.limit_in_bytes")));
        counts.put(Counter.OWN_PAGE_FAULTS, stat.get("pgfault"));
        counts.put(Counter.OWN_MAJOR_PAGE_FAULTS, stat.get("pgmajfault"));
        counts.put(Counter.PAGE_FAULTS, stat.get("total_pgfault"));
        counts.put(Counter.MAJOR_PAGE_FAULTS, stat.get("total_pgmajfault"));
        counts.put(
                Counter.OOM_KILLS,
                files.fields(directory.resolve("memory.oom_control")).get("oom_kill"));
    }

    private void versionTwo(Path directory, Map<String, Long> stat, Counts counts) {
        usage(files.number(directory.resolve("memory.current")), stat.get("inactive_file"), counts);
        counts.put(Counter.MEMORY_PEAK_BYTES, files.number(directory.resolve("memory.peak")));
        counts.put(Counter.MEMORY_FILE_BYTES, stat.get("file"));
        counts.put(Counter.MEMORY_ANONYMOUS_BYTES, stat.get("anon"));
        counts.put(Counter.MEMORY_MAPPED_FILE_BYTES, stat.get("file_mapped"));
        counts.put(Counter.MEMORY_KERNEL_BYTES, kernel(stat));
        counts.put(Counter.MEMORY_LIMIT_BYTES, files.limitOrZero(directory.resolve("memory.max")));
        counts.put(
                Counter.MEMORY_RESERVATION_BYTES,
                files.limitOrZero(directory.resolve("memory.low")));
        Map<String, Long> events = files.fields(directory.resolve("memory.events"));
        counts.put(Counter.MEMORY_LIMIT_HITS, events.get("max"));
        counts.put(Counter.OOM_KILLS, events.get("oom_kill"));
        counts.put(Counter.SWAP_BYTES, files.number(directory.resolve("memory.swap.current")));
        counts.put(
                Counter.SWAP_LIMIT_BYTES, files.limitOrZero(directory.resolve("memory.swap.max")));
        counts.put(Counter.OWN_PAGE_FAULTS, stat.get("pgfault"));
        counts.put(Counter.OWN_MAJOR_PAGE_FAULTS, stat.get("pgmajfault"));
        counts.put(Counter.PAGE_FAULTS, stat.get("pgfault"));
        counts.put(Counter.MAJOR_PAGE_FAULTS, stat.get("pgmajfault"));
    }

    private static void usage(@Nullable Long usage, @Nullable Long inactiveFile, Counts counts) {
        counts.put(Counter.MEMORY_BYTES, usage);
        if (usage != null) {
            long reclaimable = inactiveFile == null ? 0 : inactiveFile;
            counts.put(Counter.MEMORY_WORKING_SET_BYTES, Math.max(0, usage - reclaimable));
        }
    }

    private static @Nullable Long kernel(Map<String, Long> stat) {
        if (stat.isEmpty() || stat.containsKey("kernel")) {
            return stat.get("kernel");
        }
        return KERNEL_PARTS.stream().mapToLong(part -> stat.getOrDefault(part, 0L)).sum();
    }
}
