package carafe.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UsageReaderTest {
    private static final CgroupPath POD = CgroupPath.of("/pod1");
    private static final String PRESSURE =
            """
            some avg10=1.00 avg60=2.00 avg300=3.00 total=4
            full avg10=0.00 avg60=0.00 avg300=0.00 total=0
            """;

    private static CgroupUsage v1(Map<String, String> memory) {
        FakeCgroupFiles files =
                new FakeCgroupFiles()
                        .hierarchy(Machines.ROOT.resolve("memory"), withProcs(memory))
                        .hierarchy(
                                Machines.ROOT.resolve("cpuacct"),
                                withProcs(Map.of("cpuacct.usage", "5000000\n")))
                        .hierarchy(
                                Machines.UNIFIED,
                                withProcs(
                                        Map.of(
                                                "cgroup.controllers", "hugetlb",
                                                "cgroup.subtree_control", "",
                                                "io.pressure", PRESSURE)));
        CgroupTree tree =
                Machines.tree(
                        new CgroupLayout(
                                Map.of(
                                        Controller.MEMORY, Machines.ROOT.resolve("memory"),
                                        Controller.CPUACCT, Machines.ROOT.resolve("cpuacct")),
                                Optional.of(Machines.UNIFIED),
                                Set.of(Controller.HUGETLB)),
                        files);
        tree.create(POD);
        return new UsageReader(tree).read(POD).orElseThrow();
    }

    private static Map<String, String> withProcs(Map<String, String> files) {
        Map<String, String> all = new HashMap<>(files);
        all.put("cgroup.procs", "41\n42\n");
        return all;
    }

    @Test
    void versionOneCountsTheCgroupsBelow() {
        CgroupUsage usage =
                v1(
                        Map.of(
                                "memory.usage_in_bytes", "9000\n",
                                "memory.limit_in_bytes", "10000\n",
                                "memory.memsw.limit_in_bytes", "14000\n",
                                "memory.stat",
                                        """
                                        cache 1
                                        inactive_file 1
                                        rss 1
                                        pgfault 1
                                        total_inactive_file 2000
                                        total_rss 3000
                                        total_pgfault 40
                                        total_pgmajfault 5
                                        total_swap 600
                                        """));
        assertThat(usage.cpuNanos()).isEqualTo(5_000_000);
        assertThat(usage.memory())
                .isEqualTo(new CgroupUsage.Memory(9000, 2000, 3000, 40, 5, 10_000L));
        assertThat(usage.swap()).isEqualTo(new CgroupUsage.Swap(600, 4000L));
        assertThat(usage.processes()).isEqualTo(2);
        assertThat(usage.ioPressure()).isNotNull();
        assertThat(usage.cpuPressure()).isNull();
    }

    @Test
    void theLargestNumberOfVersionOneIsNoLimit() {
        CgroupUsage usage =
                v1(
                        Map.of(
                                "memory.usage_in_bytes", "9000",
                                "memory.limit_in_bytes", "9223372036854771712",
                                "memory.stat", "total_rss 1\n"));
        assertThat(Objects.requireNonNull(usage.memory()).available()).isEmpty();
        assertThat(usage.swap()).isNull();
    }

    @Test
    void versionTwoIsReadFromOneDirectory() {
        Map<String, String> inEach = new HashMap<>();
        inEach.put("cgroup.controllers", "memory pids cpu");
        inEach.put("cgroup.subtree_control", "memory pids cpu");
        inEach.put("cpu.stat", "usage_usec 5000\nuser_usec 1\n");
        inEach.put("cpu.pressure", PRESSURE);
        inEach.put("memory.pressure", PRESSURE);
        inEach.put("memory.current", "9000");
        inEach.put("memory.max", "max");
        inEach.put("memory.stat", "anon 3000\ninactive_file 2000\npgfault 40\npgmajfault 5\n");
        inEach.put("memory.swap.current", "600");
        inEach.put("memory.swap.max", "1000");
        inEach.put("pids.current", "7");
        CgroupTree tree =
                Machines.tree(
                        Machines.v2(),
                        new FakeCgroupFiles().hierarchy(Machines.ROOT, withProcs(inEach)));
        tree.create(POD);

        CgroupUsage usage = new UsageReader(tree).read(POD).orElseThrow();

        assertThat(usage.cpuNanos()).isEqualTo(5_000_000);
        assertThat(usage.memory()).isEqualTo(new CgroupUsage.Memory(9000, 2000, 3000, 40, 5, null));
        assertThat(usage.swap()).isEqualTo(new CgroupUsage.Swap(600, 1000L));
        assertThat(usage.processes()).isEqualTo(7);
        assertThat(usage.cpuPressure()).isEqualTo(usage.memoryPressure()).isNotNull();
    }

    @Test
    void aCgroupThatIsGoneHasNoUsage() {
        CgroupTree tree = Machines.tree(Machines.v2(), Machines.v2Files());
        assertThat(new UsageReader(tree).read(CgroupPath.of("/none"))).isEmpty();
    }
}
