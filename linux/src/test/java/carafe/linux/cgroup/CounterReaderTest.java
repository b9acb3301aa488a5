package carafe.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CounterReaderTest {
    private static final CgroupPath POD = CgroupPath.of("/pod1");
    private static final String PRESSURE =
            """
            some avg10=1.00 avg60=2.00 avg300=3.00 total=4
            full avg10=0.00 avg60=0.00 avg300=0.00 total=2
            """;

    private static CgroupCounters v1() {
        FakeCgroupFiles files =
                Machines.hybridFiles()
                        .hierarchy(
                                Machines.ROOT.resolve("cpuacct"),
                                Map.of(
                                        "cgroup.procs", "41\n",
                                        "cpuacct.usage", "5000000\n",
                                        "cpuacct.stat", "user 7\nsystem 3\n"))
                        .hierarchy(
                                Machines.ROOT.resolve("cpu"),
                                Map.of(
                                        "cgroup.procs", "41\n",
                                        "cpu.shares", "512",
                                        "cpu.cfs_period_us", "100000",
                                        "cpu.cfs_quota_us", "-1",
                                        "cpu.stat",
                                                "nr_periods 10\nnr_throttled 4\nthrottled_time 9\n"))
                        .hierarchy(Machines.ROOT.resolve("memory"), memory())
                        .hierarchy(
                                Machines.ROOT.resolve("pids"),
                                Map.of(
                                        "cgroup.procs", "41\n42\n0\n",
                                        "pids.current", "6",
                                        "pids.max", "max"))
                        .hierarchy(Machines.ROOT.resolve("blkio"), io());
        Map<Controller, Path> mounts = new HashMap<>(Machines.v1().v1());
        mounts.put(Controller.CPUACCT, Machines.ROOT.resolve("cpuacct"));
        CgroupTree tree =
                Machines.tree(
                        new CgroupLayout(
                                mounts, Optional.of(Machines.UNIFIED), Set.of(Controller.HUGETLB)),
                        files);
        tree.create(POD);
        files.file(Machines.UNIFIED.resolve("pod1/io.pressure"), PRESSURE);
        files.file(Machines.UNIFIED.resolve("pod1/hugetlb.2MB.current"), "4096");
        return new CounterReader(tree).read(POD).orElseThrow();
    }

    private static Map<String, String> memory() {
        return Map.of(
                "cgroup.procs", "41\n",
                "memory.usage_in_bytes", "9000\n",
                "memory.max_usage_in_bytes", "9500\n",
                "memory.limit_in_bytes", "9223372036854771712\n",
                "memory.soft_limit_in_bytes", "700\n",
                "memory.memsw.limit_in_bytes", "14000\n",
                "memory.kmem.usage_in_bytes", "800\n",
                "memory.failcnt", "12\n",
                "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
                "memory.stat",
                        """
                        pgfault 20
                        pgmajfault 1
                        total_inactive_file 2000
                        total_rss 3000
                        total_cache 4000
                        total_mapped_file 500
                        total_pgfault 40
                        total_pgmajfault 5
                        total_swap 600
                        """);
    }

    private static Map<String, String> io() {
        return Map.of(
                "cgroup.procs", "41\n",
                "blkio.throttle.io_service_bytes_recursive",
                        "254:0 Read 100\n254:0 Write 200\n254:0 Total 300\nTotal 300\n",
                "blkio.throttle.io_serviced_recursive",
                        "254:0 Read 1\n254:0 Write 2\n254:0 Total 3\nTotal 3\n",
                "blkio.bfq.io_service_bytes_recursive", "254:0 Write 250\n");
    }

    @Test
    void versionOneIsReadFromTheControllersOwnTrees() {
        CgroupCounters counters = v1();
        assertThat(counters.values())
                .containsEntry(Counter.CPU_NANOS, 5_000_000L)
                .containsEntry(Counter.CPU_USER_NANOS, 70_000_000L)
                .containsEntry(Counter.CPU_SYSTEM_NANOS, 30_000_000L)
                .containsEntry(Counter.CPU_PERIODS, 10L)
                .containsEntry(Counter.CPU_THROTTLED_NANOS, 9L)
                .containsEntry(Counter.CPU_SHARES, 512L)
                .containsEntry(Counter.CPU_PERIOD_MICROS, 100_000L)
                .doesNotContainKey(Counter.CPU_QUOTA_MICROS)
                .containsEntry(Counter.MEMORY_WORKING_SET_BYTES, 7000L)
                .containsEntry(Counter.MEMORY_PEAK_BYTES, 9500L)
                .containsEntry(Counter.MEMORY_KERNEL_BYTES, 800L)
                .containsEntry(Counter.MEMORY_LIMIT_BYTES, 0L)
                .containsEntry(Counter.MEMORY_RESERVATION_BYTES, 700L)
                .containsEntry(Counter.SWAP_LIMIT_BYTES, 14_000L)
                .containsEntry(Counter.OWN_PAGE_FAULTS, 20L)
                .containsEntry(Counter.PAGE_FAULTS, 40L)
                .containsEntry(Counter.OOM_KILLS, 2L)
                .containsEntry(Counter.IO_SOME_NANOS, 4000L)
                .containsEntry(Counter.IO_FULL_NANOS, 2000L)
                .doesNotContainKey(Counter.CPU_SOME_NANOS)
                .containsEntry(Counter.THREADS, 6L)
                .containsEntry(Counter.THREADS_LIMIT, 0L);
        assertThat(counters.pids()).containsExactlyInAnyOrder(41, 42);
        assertThat(counters.hugePages())
                .containsExactly(new CgroupCounters.HugePages("2MB", 4096, Optional.empty()));
    }

    @Test
    void aSchedulerThatCountsEverythingIsBelievedBeforeTheThrottle() {
        assertThat(v1().devices())
                .containsExactly(
                        new CgroupCounters.DeviceIo(
                                "254:0",
                                "254:0",
                                Map.of("Read", 100L, "Write", 250L),
                                Map.of("Read", 1L, "Write", 2L)));
    }

    @Test
    void versionTwoIsReadFromOneDirectory() {
        Map<String, String> inEach = new HashMap<>();
        inEach.put("cgroup.controllers", "memory pids cpu io hugetlb");
        inEach.put("cgroup.subtree_control", "memory pids cpu io hugetlb");
        inEach.put("cgroup.procs", "41\n");
        inEach.put(
                "cpu.stat",
                """
                usage_usec 5000
                user_usec 3000
                system_usec 2000
                nr_periods 3
                nr_throttled 1
                throttled_usec 4
                """);
        inEach.put("cpu.max", "20000 100000");
        inEach.put("cpu.weight", "100");
        inEach.put("cpu.pressure", PRESSURE);
        inEach.put("memory.current", "9000");
        inEach.put("memory.peak", "9500");
        inEach.put("memory.max", "10000");
        inEach.put("memory.low", "0");
        inEach.put(
                "memory.stat",
                """
                anon 3000
                file 4000
                file_mapped 500
                inactive_file 2000
                kernel_stack 1
                slab 2
                pgfault 40
                pgmajfault 5
                """);
        inEach.put("memory.events", "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\n");
        inEach.put("memory.swap.current", "600");
        inEach.put("memory.swap.max", "max");
        inEach.put("pids.current", "7");
        inEach.put("pids.max", "100");
        inEach.put("io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n");
        CgroupTree tree =
                Machines.tree(
                        Machines.v2(), new FakeCgroupFiles().hierarchy(Machines.ROOT, inEach));
        tree.create(POD);

        CgroupCounters counters = new CounterReader(tree).read(POD).orElseThrow();

        assertThat(counters.values())
                .containsEntry(Counter.CPU_NANOS, 5_000_000L)
                .containsEntry(Counter.CPU_USER_NANOS, 3_000_000L)
                .containsEntry(Counter.CPU_THROTTLED_NANOS, 4000L)
                .containsEntry(Counter.CPU_QUOTA_MICROS, 20_000L)
                .containsEntry(Counter.CPU_SHARES, 1024L)
                .containsEntry(Counter.CPU_SOME_NANOS, 4000L)
                .containsEntry(Counter.MEMORY_KERNEL_BYTES, 3L)
                .containsEntry(Counter.MEMORY_LIMIT_HITS, 12L)
                .containsEntry(Counter.OOM_KILLS, 2L)
                .containsEntry(Counter.SWAP_BYTES, 600L)
                .containsEntry(Counter.SWAP_LIMIT_BYTES, 0L)
                .containsEntry(Counter.THREADS_LIMIT, 100L);
        assertThat(counters.devices())
                .containsExactly(
                        new CgroupCounters.DeviceIo(
                                "8:0",
                                "8:0",
                                Map.of("Read", 10L, "Write", 20L, "Discard", 0L),
                                Map.of("Read", 1L, "Write", 2L, "Discard", 0L)));
    }

    @Test
    void aCgroupThatIsGoneHasNoCounters() {
        CgroupTree tree = Machines.tree(Machines.v2(), Machines.v2Files());
        assertThat(new CounterReader(tree).read(CgroupPath.of("/none"))).isEmpty();
    }
}
