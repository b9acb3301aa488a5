package carafe.linux.cgroup;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what cgroups have used, of version 1 and 2. One file after the other, so the figures of one
 * cgroup are some microseconds apart. Thread-safe; owns nothing.
 */
public final class UsageReader {
    private final CgroupTree tree;
    private final CounterFiles files;

    public UsageReader(CgroupTree tree) {
        this.tree = tree;
        this.files = new CounterFiles(tree.files());
    }

    /** The usage now; empty when there is no such cgroup (any more). */
    public Optional<CgroupUsage> read(CgroupPath path) {
        if (!tree.exists(path)) {
            return Optional.empty();
        }
        Optional<CgroupTree.ControllerDirectory> memory = tree.directory(Controller.MEMORY, path);
        return Optional.of(
                new CgroupUsage(
                        cpu(path),
                        memory.map(this::memory).orElse(null),
                        memory.map(this::swap).orElse(null),
                        processes(path),
                        pressure(path, "cpu"),
                        pressure(path, "memory"),
                        pressure(path, "io")));
    }

    private @Nullable Long cpu(CgroupPath path) {
        Path v1 = tree.layout().v1().get(Controller.CPUACCT);
        if (v1 != null) {
            return files.number(v1.resolve(path.relative()).resolve("cpuacct.usage"));
        }
        // In every cgroup of version 2, whether it has the controller or not.
        Long micros =
                tree.unified(path)
                        .map(directory ->
                                files.fields(directory.resolve("cpu.stat")).get("usage_usec"))
                        .orElse(null);
        return micros == null ? null : micros * 1000;
    }

    private CgroupUsage.@Nullable Memory memory(CgroupTree.ControllerDirectory where) {
        Path directory = where.directory();
        boolean v1 = where.version() == 1;
        Long usage =
                files.number(directory.resolve(v1 ? "memory.usage_in_bytes" : "memory.current"));
        Map<String, Long> stat = files.fields(directory.resolve("memory.stat"));
        if (usage == null || stat.isEmpty()) {
            return null;
        }
        // Version 1 counts the cgroup alone; with total_ the ones below it too.
        String total = v1 ? "total_" : "";
        return new CgroupUsage.Memory(
                usage,
                stat.getOrDefault(total + "inactive_file", 0L),
                stat.getOrDefault(v1 ? "total_rss" : "anon", 0L),
                stat.getOrDefault(total + "pgfault", 0L),
                stat.getOrDefault(total + "pgmajfault", 0L),
                files.limit(directory.resolve(v1 ? "memory.limit_in_bytes" : "memory.max")));
    }

    private CgroupUsage.@Nullable Swap swap(CgroupTree.ControllerDirectory where) {
        Path directory = where.directory();
        if (where.version() == 2) {
            Long usage = files.number(directory.resolve("memory.swap.current"));
            return usage == null
                    ? null
                    : new CgroupUsage.Swap(
                            usage, files.limit(directory.resolve("memory.swap.max")));
        }
        Long swapped = files.fields(directory.resolve("memory.stat")).get("total_swap");
        if (swapped == null) {
            return null; // swap is not accounted for
        }
        // Version 1 limits memory and swap together.
        Long both = files.limit(directory.resolve("memory.memsw.limit_in_bytes"));
        Long memory = files.limit(directory.resolve("memory.limit_in_bytes"));
        Long limit =
                both == null || memory == null ? null : Long.valueOf(Math.max(0, both - memory));
        return new CgroupUsage.Swap(swapped, limit);
    }

    private @Nullable Long processes(CgroupPath path) {
        Long counted =
                tree.directory(Controller.PIDS, path)
                        .map(where -> files.number(where.directory().resolve("pids.current")))
                        .orElse(null);
        return counted == null ? Long.valueOf(tree.at(path).pids().size()) : counted;
    }

    private @Nullable Pressure pressure(CgroupPath path, String resource) {
        return tree.unified(path)
                .flatMap(directory -> files.text(directory.resolve(resource + ".pressure")))
                .flatMap(Pressure::parse)
                .orElse(null);
    }
}
