package carafe.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CgroupTreeTest {
    private static final CgroupPath PATH = CgroupPath.of("/pods/a");
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    @Test
    void onVersionOneEveryHierarchyGetsADirectoryAndCpusetsAreFilledTopDown() {
        FakeCgroupFiles files = Machines.v1Files();
        Machines.tree(Machines.v1(), files).create(PATH);
        Path cpuset = Machines.ROOT.resolve("cpuset");
        assertThat(files.changes())
                .containsSubsequence(
                        "mkdir " + cpuset + "/pods",
                        cpuset + "/pods/cpuset.cpus=0-3",
                        cpuset + "/pods/cpuset.mems=0",
                        "mkdir " + cpuset + "/pods/a",
                        cpuset + "/pods/a/cpuset.cpus=0-3",
                        cpuset + "/pods/a/cpuset.mems=0");
        for (Path root : Machines.v1().v1Roots()) {
            assertThat(files.directories()).contains(root.resolve("pods/a"));
        }
    }

    @Test
    void anExistingCpusetIsLeftAsItIs() throws Exception {
        FakeCgroupFiles files = Machines.v1Files();
        CgroupTree tree = Machines.tree(Machines.v1(), files);
        tree.create(CgroupPath.of("/pods"));
        Path cpus = Machines.ROOT.resolve("cpuset/pods/cpuset.cpus");
        files.write(cpus, "1");
        tree.create(PATH);
        assertThat(files.read(cpus)).isEqualTo("1");
        assertThat(files.read(Machines.ROOT.resolve("cpuset/pods/a/cpuset.cpus"))).isEqualTo("1");
    }

    @Test
    void belowOneThatIsReadyNothingElseIsAskedFor() {
        FakeCgroupFiles files = Machines.hybridFiles();
        CgroupTree tree = Machines.tree(Machines.hybrid(), files);
        tree.create(CgroupPath.of("/pods"));
        files.file(Machines.UNIFIED.resolve("pods/cgroup.subtree_control"), "hugetlb\n");
        files.askedFor().clear();
        tree.create(PATH);
        assertThat(files.askedFor())
                .hasSize(Machines.hybrid().v1Roots().size() + 1)
                .allMatch(each -> each.endsWith("pods/a"));
    }

    @Test
    void whatSomebodyElseMadeAboveIsMadeReadyFirst() throws Exception {
        FakeCgroupFiles files = Machines.v1Files();
        Path above = Machines.ROOT.resolve("cpuset/pods");
        files.makeDirectory(above);
        Machines.tree(Machines.v1(), files).create(PATH);
        assertThat(files.read(above.resolve("cpuset.cpus"))).isEqualTo("0-3");
        assertThat(files.read(above.resolve("a/cpuset.cpus"))).isEqualTo("0-3");

        FakeCgroupFiles v2 = Machines.v2Files();
        v2.makeDirectory(Machines.ROOT.resolve("pods"));
        Machines.tree(Machines.v2(), v2).create(PATH);
        assertThat(v2.changes())
                .contains(
                        Machines.ROOT + "/cgroup.subtree_control=+memory",
                        Machines.ROOT + "/pods/cgroup.subtree_control=+memory");
    }

    @Test
    void onVersionTwoControllersAreEnabledAboveButNotInTheLeaf() {
        FakeCgroupFiles files = Machines.v2Files();
        Machines.tree(Machines.v2(), files).create(PATH);
        assertThat(files.changes())
                .contains(
                        Machines.ROOT + "/cgroup.subtree_control=+memory",
                        Machines.ROOT + "/pods/cgroup.subtree_control=+memory",
                        Machines.ROOT + "/pods/cgroup.subtree_control=+io")
                .noneMatch(change -> change.contains("pods/a/cgroup.subtree_control"));
    }

    @Test
    void controllersThatAreOnAreNotTurnedOnAgain() {
        FakeCgroupFiles files = Machines.v2Files();
        files.file(
                Machines.ROOT.resolve("cgroup.subtree_control"),
                "cpuset cpu io memory hugetlb pids\n");
        Machines.tree(Machines.v2(), files).create(CgroupPath.of("/a"));
        assertThat(files.changes()).containsExactly("mkdir " + Machines.ROOT + "/a");
    }

    @Test
    void aParentWithProcessesKeepsItsControllersAndTheLimitSaysSo() {
        FakeCgroupFiles files = Machines.v2Files();
        files.refuse(Machines.ROOT.resolve("cgroup.subtree_control"), Errno.EBUSY);
        Cgroup cgroup = Machines.tree(Machines.v2(), files).create(CgroupPath.of("/a"));
        files.refuse(Machines.ROOT.resolve("a/memory.max"), Errno.ENOENT);
        assertThatThrownBy(() ->
                        cgroup.apply(CgroupLimits.none().withMemory(new MemoryLimits(1 << 20, 0))))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("not enabled in the cgroup above");
    }

    @Test
    void aHybridMachineHasALeafInBoth() {
        FakeCgroupFiles files = Machines.hybridFiles();
        Cgroup cgroup = Machines.tree(Machines.hybrid(), files).create(PATH);
        JoinTargets targets = cgroup.joinTargets();
        assertThat(targets.unified()).contains(Machines.UNIFIED.resolve("pods/a"));
        assertThat(targets.tasks())
                .contains(Machines.ROOT.resolve("memory/pods/a/tasks"))
                .hasSize(Machines.v1().v1Roots().size());
        assertThat(targets.memory()).contains(Machines.ROOT.resolve("memory/pods/a"));
        assertThat(targets.memoryVersion()).isEqualTo(1);
    }

    @Test
    void whereverCreationFailsNothingIsLeftAndTheNextTrySucceeds() {
        FakeCgroupFiles sound = Machines.hybridFiles();
        Machines.tree(Machines.hybrid(), sound).create(PATH);
        assertThat(sound.changes()).hasSizeGreaterThan(20);
        for (int n = 0; n < sound.changes().size(); n++) {
            FakeCgroupFiles files = Machines.hybridFiles();
            CgroupTree tree = Machines.tree(Machines.hybrid(), files);
            Set<Path> before = new TreeSet<>(files.directories());
            files.failAt(n);
            // Only a controller that cannot be handed on does not stop it; the limit will say so.
            if (!sound.changes().get(n).contains("subtree_control")) {
                assertThatThrownBy(() -> tree.create(PATH))
                        .isInstanceOf(CarafeException.Internal.class)
                        .hasMessageContaining("/pods/a");
                assertThat(files.directories()).isEqualTo(before);
            }
            assertThat(tree.create(PATH).directories()).allMatch(files::exists);
        }
    }

    @Test
    void theKernelsLimitOfCgroupsIsExhaustion() {
        FakeCgroupFiles files = Machines.v2Files();
        files.full();
        assertThatThrownBy(() -> Machines.tree(Machines.v2(), files).create(PATH))
                .isInstanceOf(CarafeException.Exhausted.class)
                .hasMessageContaining("ENOSPC");
    }

    @Test
    void deletingGoesDownFirst() {
        FakeCgroupFiles files = Machines.v2Files();
        CgroupTree tree = Machines.tree(Machines.v2(), files);
        tree.create(PATH.child("in").child("deep"));
        files.changes().clear();
        tree.at(PATH).delete(DEADLINE);
        assertThat(files.changes())
                .containsExactly(
                        "rmdir " + Machines.ROOT + "/pods/a/in/deep",
                        "rmdir " + Machines.ROOT + "/pods/a/in",
                        "rmdir " + Machines.ROOT + "/pods/a");
        tree.at(PATH).delete(DEADLINE);
    }

    @Test
    void aBusyCgroupIsKilledAndTriedAgain() {
        FakeCgroupFiles files = Machines.v2Files();
        CgroupTree tree = Machines.tree(Machines.v2(), files);
        tree.create(PATH);
        Path procs = Machines.ROOT.resolve("pods/a/cgroup.procs");
        files.file(procs, "0\n");
        AtomicInteger tries = new AtomicInteger();
        files.beforeRemove(() -> {
            if (tries.incrementAndGet() == 3) {
                files.file(procs, "");
            }
        });
        files.changes().clear();
        tree.at(PATH).delete(DEADLINE);
        assertThat(files.changes())
                .contains(Machines.ROOT + "/pods/a/cgroup.kill=1")
                .endsWith("rmdir " + Machines.ROOT + "/pods/a");
    }

    @Test
    void whatNeverEndsIsNamedAtTheDeadline() {
        FakeCgroupFiles files = Machines.v2Files();
        CgroupTree tree = Machines.tree(Machines.v2(), files);
        tree.create(PATH);
        files.file(Machines.ROOT.resolve("pods/a/cgroup.procs"), "0\n");
        assertThatThrownBy(() -> tree.at(PATH).delete(DEADLINE))
                .isInstanceOf(CarafeException.Deadline.class)
                .hasMessageContaining("/pods/a")
                .hasMessageContaining("EBUSY");
    }

    @Test
    void onVersionOneFrozenProcessesAreThawedAfterTheKill() {
        FakeCgroupFiles files = Machines.v1Files();
        CgroupTree tree = Machines.tree(Machines.v1(), files);
        tree.create(PATH.child("in"));
        files.changes().clear();
        tree.at(PATH).freeze();
        tree.at(PATH).kill();
        Path freezer = Machines.ROOT.resolve("freezer/pods/a");
        assertThat(files.changes())
                .containsExactly(
                        freezer + "/freezer.state=FROZEN",
                        freezer + "/in/freezer.state=FROZEN",
                        freezer + "/freezer.state=THAWED",
                        freezer + "/in/freezer.state=THAWED");
    }

    @Test
    void thisProcessesOwnCgroupIsNeverKilled() {
        FakeCgroupFiles files = Machines.v2Files();
        CgroupTree tree = Machines.tree(Machines.v2(), files);
        Cgroup own = tree.create(CgroupPath.of("/carafe"));
        files.changes().clear();
        assertThatThrownBy(own::kill).isInstanceOf(CarafeException.Precondition.class);
        assertThat(files.changes()).isEmpty();
    }

    @Test
    void oomKillsAreCountedBelowToo() {
        FakeCgroupFiles files = Machines.v1Files();
        CgroupTree tree = Machines.tree(Machines.v1(), files);
        tree.create(PATH.child("in"));
        Path memory = Machines.ROOT.resolve("memory/pods/a");
        files.file(memory.resolve("memory.oom_control"), "under_oom 0\noom_kill 1\n");
        files.file(memory.resolve("in/memory.oom_control"), "under_oom 0\noom_kill 2\n");
        assertThat(tree.at(PATH).oomKills()).hasValue(3);
        assertThat(tree.at(CgroupPath.of("/gone")).oomKills()).isEmpty();

        FakeCgroupFiles v2 = Machines.v2Files();
        CgroupTree tree2 = Machines.tree(Machines.v2(), v2);
        tree2.create(PATH);
        v2.file(Machines.ROOT.resolve("pods/a/memory.events"), "oom 7\noom_kill 5\n");
        assertThat(tree2.at(PATH).oomKills()).hasValue(5);
    }

    @Test
    void onlyAnEmptyCgroupIsRemovedIfEmpty() {
        FakeCgroupFiles files = Machines.v2Files();
        CgroupTree tree = Machines.tree(Machines.v2(), files);
        tree.create(PATH);
        assertThat(tree.at(CgroupPath.of("/pods")).removeIfEmpty()).isFalse();
        assertThat(tree.at(PATH).removeIfEmpty()).isTrue();
        assertThat(tree.at(CgroupPath.of("/pods")).removeIfEmpty()).isTrue();
        assertThat(tree.at(PATH).removeIfEmpty()).isTrue();
    }
}
