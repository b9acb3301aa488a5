package carafe.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.MountInfo;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CgroupLayoutTest {
    private static CgroupLayout layout(String mounts, FakeCgroupFiles files)
            throws SyscallException {
        return CgroupLayout.of(MountInfo.parse(mounts), files);
    }

    @Test
    void versionTwoAlone() throws SyscallException {
        CgroupLayout layout =
                layout(
                        "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n",
                        Machines.v2Files());
        assertThat(layout.kind()).isEqualTo(CgroupLayout.Kind.V2);
        assertThat(layout.has(Controller.BLKIO)).isTrue();
        assertThat(layout.has(Controller.DEVICES)).isFalse();
    }

    @Test
    void hybridWithControllersMountedTogether() throws SyscallException {
        CgroupLayout layout =
                layout(
                        """
                        31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
                        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
                        33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                        34 31 0:31 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
                        35 31 0:32 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                        """,
                        Machines.hybridFiles());
        assertThat(layout.kind()).isEqualTo(CgroupLayout.Kind.HYBRID);
        assertThat(layout.v1())
                .containsEntry(Controller.CPU, Path.of("/sys/fs/cgroup/cpu,cpuacct"))
                .containsEntry(Controller.CPUACCT, Path.of("/sys/fs/cgroup/cpu,cpuacct"))
                .containsEntry(Controller.MEMORY, Path.of("/sys/fs/cgroup/memory"))
                .hasSize(3);
        assertThat(layout.v1Roots()).hasSize(2);
        assertThat(layout.unifiedControllers()).containsExactly(Controller.HUGETLB);
    }

    @Test
    void versionOneAlone() throws SyscallException {
        CgroupLayout layout =
                layout(
                        "33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
                        Machines.v1Files());
        assertThat(layout.kind()).isEqualTo(CgroupLayout.Kind.V1);
    }

    @Test
    void theFirstMountOfAHierarchyCountsAndPartsDoNot() throws SyscallException {
        CgroupLayout layout =
                layout(
                        """
                        32 31 0:30 /docker/1 /mnt/part rw - cgroup cgroup rw,memory
                        33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                        34 31 0:30 / /somewhere/else rw - cgroup cgroup rw,memory
                        """,
                        Machines.v1Files());
        assertThat(layout.v1()).containsEntry(Controller.MEMORY, Path.of("/sys/fs/cgroup/memory"));
    }

    @Test
    void aMachineWithoutCgroupsIsExplained() {
        assertThatThrownBy(() -> layout("30 23 0:26 / / rw - ext4 /dev/a rw\n", Machines.v2Files()))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("mount cgroup2");
    }

    @Test
    void placesOfAProcessAreFoundByHierarchy() {
        assertThat(
                        CgroupPlace.parse(
                                "9:name=systemd:/x\n4:memory:/a:b/c\n1:cpu,cpuacct:/\n0::/u\n",
                                Machines.hybrid()))
                .containsEntry(Machines.ROOT.resolve("memory"), new CgroupPlace("/a:b/c"))
                .containsEntry(Machines.ROOT.resolve("cpu"), new CgroupPlace("/"))
                .containsEntry(Machines.UNIFIED, new CgroupPlace("/u"))
                .hasSize(3);
        assertThat(new CgroupPlace("/ab").isWithin(CgroupPath.of("/a"))).isFalse();
        assertThat(new CgroupPlace("/a/b").isWithin(CgroupPath.of("/a"))).isTrue();
    }
}
