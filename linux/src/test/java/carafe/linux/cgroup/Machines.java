package carafe.linux.cgroup;

import carafe.linux.Processes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Three made-up machines, one per way of mounting cgroups. */
final class Machines {
    static final Path ROOT = Path.of("/sys/fs/cgroup");
    static final Path UNIFIED = ROOT.resolve("unified");

    private static final Map<String, Map<String, String>> V1_FILES =
            Map.of(
                    "cpu",
                    Map.of(
                            "cpu.shares", "1024",
                            "cpu.cfs_period_us", "100000",
                            "cpu.cfs_quota_us", "-1"),
                    "cpuset",
                    Map.of("cpuset.cpus", "0-3\n", "cpuset.mems", "0\n"),
                    "memory",
                    Map.of(
                            "memory.limit_in_bytes", "9223372036854771712",
                            "memory.memsw.limit_in_bytes", "9223372036854771712",
                            "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n"),
                    "pids",
                    Map.of("pids.max", "max"),
                    "devices",
                    Map.of("devices.allow", "", "devices.deny", ""),
                    "freezer",
                    Map.of("freezer.state", "THAWED"),
                    "blkio",
                    Map.of("blkio.weight", "500"));

    private static final Map<String, String> V2_FILES =
            Map.ofEntries(
                    Map.entry("cgroup.controllers", "cpuset cpu io memory hugetlb pids"),
                    Map.entry("cgroup.subtree_control", ""),
                    Map.entry("cgroup.kill", ""),
                    Map.entry("cgroup.freeze", "0"),
                    Map.entry("cpu.weight", "100"),
                    Map.entry("cpu.max", "max 100000"),
                    Map.entry("cpuset.cpus", ""),
                    Map.entry("cpuset.mems", ""),
                    Map.entry("memory.max", "max"),
                    Map.entry("memory.swap.max", "max"),
                    Map.entry("memory.current", "4096"),
                    Map.entry("memory.events", "low 0\noom 0\noom_kill 0\noom_group_kill 0\n"),
                    Map.entry("pids.max", "max"),
                    Map.entry("io.weight", "default 100"),
                    Map.entry("hugetlb.2MB.max", "max"));

    private Machines() {}

    /** Time that passes only when somebody waits. */
    static final class FakeTime implements Pause {
        private long now;

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void sleep(Duration length) {
            now += length.toNanos();
        }
    }

    static FakeCgroupFiles v1Files() {
        FakeCgroupFiles files = own();
        V1_FILES.forEach((name, inEach) -> files.hierarchy(ROOT.resolve(name), withTasks(inEach)));
        return files;
    }

    static FakeCgroupFiles hybridFiles() {
        return v1Files()
                .hierarchy(
                        UNIFIED,
                        withTasks(
                                Map.of(
                                        "cgroup.controllers", "hugetlb",
                                        "cgroup.subtree_control", "",
                                        "cgroup.kill", "",
                                        "cgroup.freeze", "0",
                                        "hugetlb.2MB.max", "max")));
    }

    static FakeCgroupFiles v2Files() {
        return own().hierarchy(ROOT, withTasks(V2_FILES));
    }

    private static FakeCgroupFiles own() {
        return new FakeCgroupFiles().file(Path.of("/proc/self/cgroup"), "0::/carafe\n");
    }

    private static Map<String, String> withTasks(Map<String, String> files) {
        Map<String, String> all = new HashMap<>(files);
        all.put("cgroup.procs", "");
        return all;
    }

    static CgroupLayout v1() {
        Map<Controller, Path> mounts = new HashMap<>();
        V1_FILES.keySet()
                .forEach(name ->
                        mounts.put(Controller.named(name).orElseThrow(), ROOT.resolve(name)));
        return new CgroupLayout(mounts, Optional.empty(), Set.of());
    }

    static CgroupLayout hybrid() {
        return new CgroupLayout(v1().v1(), Optional.of(UNIFIED), Set.of(Controller.HUGETLB));
    }

    static CgroupLayout v2() {
        return new CgroupLayout(
                Map.of(),
                Optional.of(ROOT),
                Set.of(
                        Controller.CPUSET,
                        Controller.CPU,
                        Controller.BLKIO,
                        Controller.MEMORY,
                        Controller.HUGETLB,
                        Controller.PIDS));
    }

    static CgroupTree tree(CgroupLayout layout, FakeCgroupFiles files) {
        return new CgroupTree(layout, files, new Processes(), new FakeTime());
    }
}
