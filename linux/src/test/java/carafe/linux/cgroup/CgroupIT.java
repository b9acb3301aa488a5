package carafe.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.base.CarafeException;
import carafe.linux.KernelFiles;
import carafe.linux.PeerCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cgroups of the running kernel, all below one directory of our own. */
class CgroupIT {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final CgroupPath top =
            CgroupPath.of("/carafe-test-linux/" + ProcessHandle.current().pid());
    private final List<Process> started = new ArrayList<>();
    private CgroupTree tree;

    @BeforeEach
    void readLayout() throws IOException {
        assumeTrue(PeerCredentials.ownUid() == 0, "cgroups need root");
        tree = new CgroupTree(CgroupLayout.read(), CgroupFiles.linux());
    }

    @AfterEach
    void cleanUp() {
        started.forEach(Process::destroyForcibly);
        if (tree != null) {
            tree.at(top).delete(DEADLINE);
            tree.at(CgroupPath.of("/carafe-test-linux")).removeIfEmpty();
            assertThat(tree.exists(top)).isFalse();
        }
    }

    private Process sleeperIn(Cgroup cgroup) throws IOException {
        Process process = new ProcessBuilder("sleep", "300").start();
        started.add(process);
        cgroup.move((int) process.pid());
        return process;
    }

    @Test
    void aCgroupIsThereInEveryHierarchyAndGoesAgain() {
        Cgroup cgroup = tree.create(top.child("a"));
        assertThat(cgroup.directories()).allMatch(Files::isDirectory);
        assertThat(tree.create(top.child("a")).directories()).isEqualTo(cgroup.directories());
        cgroup.delete(DEADLINE);
        assertThat(cgroup.directories()).noneMatch(Files::exists);
        cgroup.delete(DEADLINE);
    }

    @Test
    void limitsAreReadBack() throws IOException {
        Cgroup cgroup = tree.create(top.child("limits"));
        List<Degradation> degradations =
                cgroup.apply(
                        CgroupLimits.none()
                                .withCpu(new CpuLimits(512, 50_000, 100_000))
                                .withMemory(new MemoryLimits(64 << 20, 64 << 20))
                                .withPids(17)
                                .withCpuset(new CpusetLimits("0", "0")));
        assertThat(degradations)
                .allMatch(d -> d.what().contains("memsw") || d.what().contains("swap"));
        Map<String, String> expected =
                Map.of(
                        "cpu:cpu.shares", "512",
                        "cpu:cpu.cfs_quota_us", "50000",
                        "memory:memory.limit_in_bytes", Integer.toString(64 << 20),
                        "pids:pids.max", "17",
                        "cpuset:cpuset.cpus", "0");
        for (Map.Entry<String, String> entry : expected.entrySet()) {
            String[] key = entry.getKey().split(":", 2);
            Controller controller = Controller.named(key[0]).orElseThrow();
            Path root = tree.layout().v1().get(controller);
            if (root != null) {
                Path file = root.resolve(cgroup.path().relative()).resolve(key[1]);
                assertThat(KernelFiles.read(file).strip()).isEqualTo(entry.getValue());
            }
        }
    }

    @Test
    void aLimitBelowTheKernelsOwnBoundsIsTheCallersFault() {
        Cgroup cgroup = tree.create(top.child("bad"));
        assertThatThrownBy(() ->
                        cgroup.apply(CgroupLimits.none().withCpu(new CpuLimits(0, 1, 100_000))))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("cpu")
                .hasMessageContaining("EINVAL");
    }

    @Test
    void deletingKillsNestedAndFrozenProcesses() throws Exception {
        Cgroup cgroup = tree.create(top.child("nest"));
        Process outer = sleeperIn(cgroup);
        Process inner = sleeperIn(tree.create(top.child("nest").child("in").child("deep")));
        cgroup.freeze();
        assertThat(cgroup.pids()).contains((int) outer.pid(), (int) inner.pid());
        long before = System.nanoTime();
        cgroup.delete(DEADLINE);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(DEADLINE);
        assertThat(outer.waitFor(1, TimeUnit.SECONDS)).isTrue();
        assertThat(inner.waitFor(1, TimeUnit.SECONDS)).isTrue();
        assertThat(tree.exists(cgroup.path())).isFalse();
    }

    @Test
    void aProcessInAVersionOneHierarchyOnlyIsKilledToo() throws Exception {
        assumeTrue(!tree.layout().v1().isEmpty(), "no hierarchy of version 1");
        Cgroup cgroup = tree.create(top.child("v1only"));
        Process process = new ProcessBuilder("sleep", "300").start();
        started.add(process);
        Path root = tree.layout().v1Roots().getFirst();
        KernelFiles.write(
                root.resolve(cgroup.path().relative()).resolve("cgroup.procs"),
                Long.toString(process.pid()));
        cgroup.kill();
        assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void deletingWaitsForWhoRemovesAtTheSameTime() throws Exception {
        for (int round = 0; round < 20; round++) {
            Cgroup cgroup = tree.create(top.child("race"));
            tree.create(top.child("race").child("x"));
            Thread other = Thread.ofPlatform().start(() -> cgroup.delete(DEADLINE));
            cgroup.delete(DEADLINE);
            other.join();
            assertThat(tree.exists(cgroup.path())).isFalse();
        }
    }

    @Test
    void aCgroupThatHoldsThisProcessIsNotKilled() {
        ShimsCgroup shims = ShimsCgroup.enter(tree, top.child("shims"));
        try {
            assertThat(shims.cgroup().pids()).contains((int) ProcessHandle.current().pid());
            assertThatThrownBy(() -> shims.cgroup().kill())
                    .isInstanceOf(CarafeException.Precondition.class);
            assertThatThrownBy(() -> tree.at(top).kill())
                    .isInstanceOf(CarafeException.Precondition.class);
        } finally {
            shims.close();
        }
        assertThat(tree.exists(top.child("shims"))).isFalse();
    }

    @Test
    void childrenAreBornInTheShimsCgroup() throws Exception {
        ShimsCgroup shims = ShimsCgroup.enter(tree, top.child("born"));
        try {
            Process process = new ProcessBuilder("sleep", "300").start();
            started.add(process);
            assertThat(shims.cgroup().pids()).contains((int) process.pid());
            process.destroyForcibly().waitFor();
        } finally {
            shims.close();
        }
        assertThat(tree.exists(top.child("born"))).isFalse();
    }

    @Test
    void deviceProgramsDecideInVersionTwo() throws Exception {
        assumeTrue(tree.layout().unified().isPresent(), "no cgroup2");
        Path directory = tree.create(top.child("devices")).directories().getLast();
        List<Degradation> degradations = new ArrayList<>();
        DeviceProgram.attach(
                List.of(
                        DeviceRule.allow(DeviceRule.Type.CHARACTER, 1, 3),
                        new DeviceRule(
                                DeviceRule.Verdict.ALLOW,
                                DeviceRule.Type.CHARACTER,
                                1,
                                5,
                                true,
                                false,
                                false)),
                directory,
                degradations);
        assumeTrue(degradations.isEmpty(), "BPF is forbidden here");
        String script =
                """
                echo 0 > %s/cgroup.procs || exit 90
                (: > /dev/null) 2>&1 || exit 91
                (: < /dev/zero) 2>&1 || exit 92
                (: > /dev/zero) 2>&1 && exit 93
                (: < /dev/urandom) 2>&1 && exit 94
                exit 0
                """
                        .formatted(directory);
        Process process = new ProcessBuilder("sh", "-c", script).start();
        started.add(process);
        assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void devicesOfVersionOneAreDeniedUnlessAllowed() throws Exception {
        assumeTrue(
                tree.layout().v1().containsKey(Controller.DEVICES),
                "no devices controller of version 1");
        Cgroup cgroup = tree.create(top.child("devices1"));
        assertThat(
                        cgroup.apply(
                                CgroupLimits.none()
                                        .withDevices(
                                                List.of(
                                                        DeviceRule.allow(
                                                                DeviceRule.Type.CHARACTER, 1, 3)))))
                .isEmpty();
        Path list =
                tree.directory(Controller.DEVICES, cgroup.path())
                        .orElseThrow()
                        .directory()
                        .resolve("devices.list");
        assertThat(KernelFiles.read(list)).isEqualTo("c 1:3 rwm\n");
    }

    @Test
    void anUnknownOomCounterIsZeroAtFirst() {
        Cgroup cgroup = tree.create(top.child("oom"));
        assumeTrue(tree.layout().has(Controller.MEMORY), "no memory controller");
        assertThat(cgroup.oomKills()).hasValue(0);
    }
}
