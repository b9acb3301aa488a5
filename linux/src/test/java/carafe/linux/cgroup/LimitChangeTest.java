package carafe.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of a cgroup in use: changed all or not at all, and read back as the kernel has them. */
class LimitChangeTest {
    private static final CgroupPath PATH = CgroupPath.of("/a");
    private static final long MIB = 1 << 20;

    private static final CgroupLimits FIRST =
            CgroupLimits.none()
                    .withCpu(new CpuLimits(512, 50_000, 100_000))
                    .withCpuset(new CpusetLimits("0-1", "0"))
                    .withMemory(new MemoryLimits(64 * MIB, 96 * MIB))
                    .withPids(100)
                    .withBlkioWeight(500)
                    .withHugetlb(List.of(new HugetlbLimit("2MB", 4 * MIB)));

    private static final CgroupLimits SECOND =
            CgroupLimits.none()
                    .withCpu(new CpuLimits(2048, 20_000, 20_000))
                    .withCpuset(new CpusetLimits("1", "0"))
                    .withMemory(new MemoryLimits(128 * MIB, 128 * MIB))
                    .withPids(-1)
                    .withBlkioWeight(100)
                    .withHugetlb(List.of(new HugetlbLimit("2MB", 0)))
                    .withUnified(Map.of("hugetlb.2MB.max", "6291456"));

    private final Map<Integer, FakeCgroupFiles> files =
            new HashMap<>(Map.of(1, Machines.hybridFiles(), 2, Machines.v2Files()));

    private Cgroup cgroup(int version) {
        CgroupLayout layout = version == 1 ? Machines.hybrid() : Machines.v2();
        return Machines.tree(layout, files(version)).create(PATH);
    }

    private FakeCgroupFiles files(int version) {
        return java.util.Objects.requireNonNull(files.get(version));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theNthWriteThatFailsTakesBackEveryEarlierOne(int version) {
        Cgroup cgroup = cgroup(version);
        cgroup.apply(FIRST);
        Map<Path, String> before = files(version).values();
        int n = 0;
        boolean failed = true;
        while (failed) {
            files(version).failAt(n);
            failed = fails(() -> cgroup.change(SECOND));
            if (failed) {
                assertThat(files(version).values()).as("write %d", n).isEqualTo(before);
            }
            n++;
        }
        assertThat(n).isGreaterThan(8);
        assertThat(files(version).values()).isNotEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aChangeCanBeTakenBackOnce(int version) {
        Cgroup cgroup = cgroup(version);
        cgroup.apply(FIRST);
        Map<Path, String> before = files(version).values();
        LimitChange change = cgroup.change(SECOND);
        assertThat(change.degradations()).isEmpty();
        change.undo();
        assertThat(files(version).values()).isEqualTo(before);
        cgroup.apply(SECOND);
        Map<Path, String> after = files(version).values();
        change.undo();
        assertThat(files(version).values()).isEqualTo(after);
    }

    @Test
    void everyStateOnTheWayBackIsOneThatTheKernelHadTaken() {
        Cgroup cgroup = cgroup(1);
        cgroup.apply(CgroupLimits.none().withMemory(new MemoryLimits(64 * MIB, 64 * MIB)));
        LimitChange change =
                cgroup.change(
                        CgroupLimits.none().withMemory(new MemoryLimits(128 * MIB, 128 * MIB)));
        files(1).changes().clear();
        change.undo();
        assertThat(files(1).changes())
                .containsExactly(
                        Machines.ROOT + "/memory/a/memory.limit_in_bytes=67108864",
                        Machines.ROOT + "/memory/a/memory.memsw.limit_in_bytes=67108864");
    }

    @Test
    void whatCannotBeTakenBackIsNamed() {
        Cgroup cgroup = cgroup(1);
        LimitChange change = cgroup.change(CgroupLimits.none().withPids(7));
        files(1).refuse(Machines.ROOT.resolve("pids/a/pids.max"), Errno.EBUSY);
        assertThatThrownBy(change::undo)
                .isInstanceOf(CarafeException.Internal.class)
                .hasMessageContaining("pids/a/pids.max")
                .hasMessageContaining("/a");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatWasSetIsReadBackInItsOwnWords(int version) {
        Cgroup cgroup = cgroup(version);
        cgroup.apply(FIRST);
        CgroupLimits now = cgroup.current(FIRST);
        assertThat(now.cpu()).isEqualTo(FIRST.cpu());
        assertThat(now.memory()).isEqualTo(FIRST.memory());
        assertThat(now.cpuset()).isEqualTo(FIRST.cpuset());
        assertThat(now.hugetlb()).isEqualTo(FIRST.hugetlb());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatSomebodyElseSetIsToldAsItIs(int version) {
        Cgroup cgroup = cgroup(version);
        cgroup.apply(SECOND.withUnified(Map.of()));
        CgroupLimits now = cgroup.current(FIRST);
        assertThat(now.cpu().shares()).isBetween(2000L, 2048L);
        assertThat(now.cpu().quotaMicros()).isEqualTo(20_000);
        assertThat(now.cpu().periodMicros()).isEqualTo(20_000);
        assertThat(now.memory()).isEqualTo(new MemoryLimits(128 * MIB, 128 * MIB));
        assertThat(now.hugetlb()).containsExactly(new HugetlbLimit("2MB", 0));
    }

    @Test
    void noLimitIsToldAsAskedForAndAsMinusOneWhereOneWas() {
        for (int version : new int[] {1, 2}) {
            Cgroup cgroup = cgroup(version);
            CgroupLimits nothing = cgroup.current(CgroupLimits.none());
            assertThat(nothing.memory()).isEqualTo(MemoryLimits.NONE);
            assertThat(nothing.cpu().quotaMicros()).isZero();
            assertThat(nothing.cpu().shares()).isEqualTo(1024);
            CgroupLimits lost = cgroup.current(FIRST);
            assertThat(lost.memory()).isEqualTo(new MemoryLimits(-1, -1));
            assertThat(lost.cpu().quotaMicros()).isEqualTo(-1);
        }
    }

    @Test
    void aLimitThatTheKernelRoundedToPagesIsToldAsAskedFor() {
        Cgroup cgroup = cgroup(1);
        CgroupLimits asked = CgroupLimits.none().withMemory(new MemoryLimits(100_000_000, 0));
        cgroup.apply(CgroupLimits.none().withMemory(new MemoryLimits(99_999_744, 0)));
        assertThat(cgroup.current(asked).memory().limitBytes()).isEqualTo(100_000_000);
    }

    @Test
    void everyWeightIsReadBackAsSharesThatMakeIt() {
        Cgroup cgroup = cgroup(2);
        for (long shares = 2; shares <= 262_144; shares = shares * 3 / 2 + 1) {
            cgroup.apply(CgroupLimits.none().withCpu(new CpuLimits(shares, 0, 0)));
            long told = cgroup.current(CgroupLimits.none()).cpu().shares();
            assertThat(CpuController.weight(told)).isEqualTo(CpuController.weight(shares));
            CgroupLimits asked = CgroupLimits.none().withCpu(new CpuLimits(shares, 0, 0));
            assertThat(cgroup.current(asked).cpu().shares()).isEqualTo(shares);
        }
    }

    @Test
    void aProcessorThatTheParentHasNotIsAMistake() {
        Cgroup cgroup = cgroup(1);
        files(1).refuse(Machines.ROOT.resolve("cpuset/a/cpuset.cpus"), Errno.EACCES);
        CgroupLimits limits = CgroupLimits.none().withCpuset(new CpusetLimits("99", ""));
        assertThatThrownBy(() -> cgroup.change(limits))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("99");
    }

    @Test
    void hugePagesOfASizeThatThereIsNotAreAMistakeOnlyWhenWanted() throws SyscallException {
        Cgroup cgroup = cgroup(1);
        cgroup.change(CgroupLimits.none().withHugetlb(List.of(new HugetlbLimit("3MB", 0))));
        assertThatThrownBy(() ->
                        cgroup.change(
                                CgroupLimits.none()
                                        .withHugetlb(List.of(new HugetlbLimit("3MB", MIB)))))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("3MB");
        assertThat(files(1).read(Machines.UNIFIED.resolve("a/hugetlb.2MB.max"))).isEqualTo("max");
    }

    private static boolean fails(Runnable action) {
        try {
            action.run();
            return false;
        } catch (CarafeException e) {
            return true;
        }
    }
}
