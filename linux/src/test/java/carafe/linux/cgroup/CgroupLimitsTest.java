package carafe.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each controller writes where, and in which order. */
class CgroupLimitsTest {
    private static final CgroupPath PATH = CgroupPath.of("/a");
    private static final long MIB = 1 << 20;

    private final FakeCgroupFiles v1Files = Machines.hybridFiles();
    private final Cgroup v1 = made(Machines.tree(Machines.hybrid(), v1Files), v1Files);
    private final FakeCgroupFiles v2Files = Machines.v2Files();
    private final Cgroup v2 = made(Machines.tree(Machines.v2(), v2Files), v2Files);

    private static Cgroup made(CgroupTree tree, FakeCgroupFiles files) {
        Cgroup cgroup = tree.create(PATH);
        files.changes().clear();
        return cgroup;
    }

    private List<String> onV1(CgroupLimits limits) {
        v1Files.changes().clear();
        assertThat(v1.apply(limits)).isEmpty();
        return v1Files.changes().stream()
                .map(change -> change.replace(Machines.ROOT + "/", ""))
                .toList();
    }

    private List<String> onV2(CgroupLimits limits) {
        v2Files.changes().clear();
        assertThat(v2.apply(limits)).isEmpty();
        return v2Files.changes().stream()
                .map(change -> change.replace(Machines.ROOT + "/", ""))
                .toList();
    }

    private static CgroupLimits cpu(long shares, long quota, long period) {
        return CgroupLimits.none().withCpu(new CpuLimits(shares, quota, period));
    }

    private static CgroupLimits memory(long limit, long withSwap) {
        return CgroupLimits.none().withMemory(new MemoryLimits(limit, withSwap));
    }

    @Test
    void nothingSaidIsNothingWritten() {
        assertThat(onV1(CgroupLimits.none())).isEmpty();
        assertThat(onV2(CgroupLimits.none())).isEmpty();
    }

    @Test
    void aQuotaIsNeverLargerOnTheWayThanBeforeOrAfter() {
        assertThat(onV1(cpu(0, 50_000, 100_000)))
                .containsExactly("cpu/a/cpu.cfs_period_us=100000", "cpu/a/cpu.cfs_quota_us=50000");
        assertThat(onV1(cpu(0, 25_000, 50_000)))
                .containsExactly("cpu/a/cpu.cfs_quota_us=25000", "cpu/a/cpu.cfs_period_us=50000");
        assertThat(onV1(cpu(0, 50_000, 100_000)))
                .containsExactly("cpu/a/cpu.cfs_period_us=100000", "cpu/a/cpu.cfs_quota_us=50000");
        assertThat(onV1(cpu(512, -1, 0)))
                .containsExactly("cpu/a/cpu.shares=512", "cpu/a/cpu.cfs_quota_us=-1");
    }

    @Test
    void versionTwoKeepsTheHalfThatIsNotSaid() {
        assertThat(onV2(cpu(1024, 50_000, 0)))
                .containsExactly("a/cpu.weight=100", "a/cpu.max=50000 100000");
        assertThat(onV2(cpu(0, 0, 20_000))).containsExactly("a/cpu.max=50000 20000");
        assertThat(onV2(cpu(0, -1, 0))).containsExactly("a/cpu.max=max 20000");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "2, 1",
        "1024, 100",
        "262144, 10000",
        "999999, 10000",
        "512, 59",
        "102, 17"
    })
    void sharesBecomeWeights(long shares, long weight) {
        assertThat(CpuController.weight(shares)).isEqualTo(weight);
    }

    @Test
    void weightsGrowWithShares() {
        long last = 0;
        for (long shares = 2; shares <= 262_144; shares += 37) {
            assertThat(CpuController.weight(shares)).isBetween(Math.max(1, last), 10_000L);
            last = CpuController.weight(shares);
        }
    }

    @Test
    void memoryAndSwapAreWrittenInTheOrderOfTheirDirection() {
        assertThat(onV1(memory(64 * MIB, 64 * MIB)))
                .containsExactly(
                        "memory/a/memory.limit_in_bytes=67108864",
                        "memory/a/memory.memsw.limit_in_bytes=67108864");
        assertThat(onV1(memory(128 * MIB, 128 * MIB)))
                .containsExactly(
                        "memory/a/memory.memsw.limit_in_bytes=134217728",
                        "memory/a/memory.limit_in_bytes=134217728");
        assertThat(onV1(memory(-1, -1)))
                .containsExactly(
                        "memory/a/memory.memsw.limit_in_bytes=-1",
                        "memory/a/memory.limit_in_bytes=-1");
    }

    @Test
    void versionTwoCountsSwapAlone() {
        assertThat(onV2(memory(64 * MIB, 96 * MIB)))
                .containsExactly("a/memory.max=67108864", "a/memory.swap.max=33554432");
        assertThat(onV2(memory(0, 80 * MIB))).containsExactly("a/memory.swap.max=16777216");
        assertThat(onV2(memory(-1, -1)))
                .containsExactly("a/memory.max=max", "a/memory.swap.max=max");
    }

    @Test
    void aLimitBelowWhatIsUsedIsRefusedBeforeTheKernelKills() {
        v2Files.file(Machines.ROOT.resolve("a/memory.current"), "2000000\n");
        assertThatThrownBy(() -> v2.apply(memory(MIB, 0)))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("2000000");
        v1Files.refuse(Machines.ROOT.resolve("memory/a/memory.limit_in_bytes"), Errno.EBUSY);
        assertThatThrownBy(() -> v1.apply(memory(MIB, 0)))
                .isInstanceOf(CarafeException.Precondition.class);
    }

    @Test
    void lessSwapThanMemoryIsAMistake() {
        assertThatThrownBy(() -> v1.apply(memory(2 * MIB, MIB)))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void aKernelWithoutSwapAccountingIsReported() {
        FakeCgroupFiles files = Machines.v1Files();
        CgroupTree tree = Machines.tree(Machines.v1(), files);
        Cgroup cgroup = tree.create(PATH);
        files.remove(Machines.ROOT.resolve("memory/a/memory.memsw.limit_in_bytes"));
        assertThat(cgroup.apply(memory(MIB, 2 * MIB)))
                .singleElement()
                .satisfies(d -> assertThat(d.what()).contains("memsw"));
        assertThat(cgroup.apply(memory(MIB, -1))).isEmpty();
    }

    @Test
    void aMachineWithoutAMemoryControllerRefusesAMemoryLimit() {
        CgroupLayout layout =
                new CgroupLayout(
                        Map.of(Controller.CPU, Machines.ROOT.resolve("cpu")),
                        java.util.Optional.empty(),
                        java.util.Set.of());
        Cgroup cgroup = Machines.tree(layout, Machines.v1Files()).create(PATH);
        assertThatThrownBy(() -> cgroup.apply(memory(MIB, 0)))
                .isInstanceOf(CarafeException.Precondition.class);
        assertThat(cgroup.apply(CgroupLimits.none().withPids(5)))
                .singleElement()
                .satisfies(d -> assertThat(d.what()).isEqualTo("pids"));
    }

    @Test
    void pidsAndCpusetsAndWeights() {
        CgroupLimits limits =
                CgroupLimits.none()
                        .withPids(100)
                        .withCpuset(new CpusetLimits("0-1", "0"))
                        .withBlkioWeight(1000);
        assertThat(onV1(limits))
                .containsExactly(
                        "cpuset/a/cpuset.cpus=0-1",
                        "cpuset/a/cpuset.mems=0",
                        "pids/a/pids.max=100",
                        "blkio/a/blkio.weight=1000");
        assertThat(onV2(limits))
                .containsExactly(
                        "a/cpuset.cpus=0-1",
                        "a/cpuset.mems=0",
                        "a/pids.max=100",
                        "a/io.weight=10000");
        assertThat(onV1(CgroupLimits.none().withPids(-1))).containsExactly("pids/a/pids.max=max");
        assertThatThrownBy(() -> v1.apply(CgroupLimits.none().withBlkioWeight(5)))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void hugePagesGoWhereTheirControllerIs() {
        CgroupLimits limits = CgroupLimits.none().withHugetlb(List.of(new HugetlbLimit("2MB", 0)));
        assertThat(onV1(limits)).containsExactly("unified/a/hugetlb.2MB.max=0");
        assertThat(onV2(limits)).containsExactly("a/hugetlb.2MB.max=0");
        assertThatThrownBy(() ->
                        v2.apply(
                                CgroupLimits.none()
                                        .withHugetlb(List.of(new HugetlbLimit("../../x", 0)))))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void noHugePagesWhereThereAreNoneIsNoDegradation() {
        FakeCgroupFiles files = Machines.v1Files();
        Cgroup cgroup = Machines.tree(Machines.v1(), files).create(PATH);
        assertThat(
                        cgroup.apply(
                                CgroupLimits.none()
                                        .withHugetlb(List.of(new HugetlbLimit("2MB", 0)))))
                .isEmpty();
        assertThat(
                        cgroup.apply(
                                CgroupLimits.none()
                                        .withHugetlb(List.of(new HugetlbLimit("2MB", MIB)))))
                .hasSize(1);
    }

    @Test
    void devicesAreDeniedBeforeAnyIsAllowed() {
        CgroupLimits limits =
                CgroupLimits.none()
                        .withDevices(
                                List.of(
                                        DeviceRule.allow(DeviceRule.Type.CHARACTER, 1, 3),
                                        new DeviceRule(
                                                DeviceRule.Verdict.ALLOW,
                                                DeviceRule.Type.BLOCK,
                                                8,
                                                -1,
                                                true,
                                                false,
                                                true)));
        assertThat(onV1(limits))
                .containsExactly(
                        "devices/a/devices.deny=a",
                        "devices/a/devices.allow=c 1:3 rwm",
                        "devices/a/devices.allow=b 8:* rm");
    }

    @Test
    void ofDevicesThatMayNotBeAllowedEachIsTold() {
        FakeCgroupFiles files = Machines.v1Files();
        Cgroup cgroup = Machines.tree(Machines.v1(), files).create(CgroupPath.of("/a"));
        files.refuse(Machines.ROOT.resolve("devices/a/devices.allow"), Errno.EPERM);
        CgroupLimits limits =
                CgroupLimits.none()
                        .withDevices(
                                List.of(
                                        DeviceRule.allow(DeviceRule.Type.CHARACTER, 1, 3),
                                        DeviceRule.allow(DeviceRule.Type.CHARACTER, 1, 5)));
        assertThat(cgroup.apply(limits))
                .extracting(Degradation::value)
                .containsExactly("c 1:3 rwm", "c 1:5 rwm");
    }

    @Test
    void filesOfVersionTwoAreWrittenAsTheyStand() {
        CgroupLimits limits = CgroupLimits.none().withUnified(Map.of("memory.swap.max", "0"));
        assertThat(onV2(limits)).containsExactly("a/memory.swap.max=0");
        assertThatThrownBy(() -> v1.apply(limits))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("memory.swap.max")
                .hasMessageContaining("version 1");
    }

    @Test
    void theNumberOfTasksHasOneNameInBothVersions() {
        CgroupLimits limits = CgroupLimits.none().withUnified(Map.of("pids.max", "7"));
        assertThat(onV2(limits)).containsExactly("a/pids.max=7");
        assertThat(onV1(limits)).containsExactly("pids/a/pids.max=7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cgroup.procs", "cgroup.kill", "cgroup.freeze", "cgroup.type"})
    void processesAreNotMovedOrKilledByALimit(String name) {
        assertThatThrownBy(() -> v2.apply(CgroupLimits.none().withUnified(Map.of(name, "1"))))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("not a limit");
        assertThat(v2Files.changes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../x", "/etc/passwd", "memory", "a/b.c", ".x", "memory..max", "", "a b.c"})
    void onlyNamesOfCgroupFilesAreWritten(String name) {
        assertThatThrownBy(() -> v2.apply(CgroupLimits.none().withUnified(Map.of(name, "1"))))
                .isInstanceOf(CarafeException.Invalid.class);
        assertThat(v2Files.changes()).isEmpty();
    }

    @Test
    void whatTheMachineForbidsIsReportedAndWhatTheCallerGotWrongIsThrown() {
        Path pids = Machines.ROOT.resolve("pids/a/pids.max");
        v1Files.refuse(pids, Errno.EPERM);
        assertThat(v1.apply(CgroupLimits.none().withPids(5)))
                .singleElement()
                .satisfies(d -> {
                    assertThat(d.what()).isEqualTo(pids.toString());
                    assertThat(d.value()).isEqualTo("5");
                    assertThat(d.why()).contains("EPERM");
                });
        v1Files.refuse(pids, Errno.EINVAL);
        assertThatThrownBy(() -> v1.apply(CgroupLimits.none().withPids(5)))
                .isInstanceOf(CarafeException.Invalid.class);
        v1Files.refuse(pids, Errno.ENODEV);
        assertThat(v1.apply(CgroupLimits.none().withPids(5))).hasSize(1);
        v1Files.refuse(Machines.ROOT.resolve("memory/a/memory.limit_in_bytes"), Errno.ENODEV);
        assertThatThrownBy(() -> v1.apply(memory(MIB, 0)))
                .isInstanceOf(CarafeException.NotFound.class);
    }
}
