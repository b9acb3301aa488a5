package carafe.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.linux.MountInfo;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamedHierarchiesTest {
    private static final Path SYSTEMD = Path.of("/sys/fs/cgroup/systemd");
    private static final Path MEMORY = Path.of("/sys/fs/cgroup/memory");
    private static final List<MountInfo> MOUNTS =
            MountInfo.parse(
                    """
                    33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                    34 31 0:31 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
                    35 31 0:32 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                    """);

    private final FakeCgroupFiles files =
            new FakeCgroupFiles().hierarchy(SYSTEMD, Map.of()).hierarchy(MEMORY, Map.of());
    private final NamedHierarchies named = NamedHierarchies.of(MOUNTS, files);

    @Test
    void anEmptyCgroupGoesInNamedHierarchiesOnly() throws SyscallException {
        files.makeDirectory(SYSTEMD.resolve("pod"));
        files.makeDirectory(MEMORY.resolve("pod"));

        named.removeIfEmpty(CgroupPath.of("/pod"));
        named.removeIfEmpty(CgroupPath.of("/pod"));

        assertThat(files.exists(SYSTEMD.resolve("pod"))).isFalse();
        assertThat(files.exists(MEMORY.resolve("pod"))).isTrue();
    }

    @Test
    void whatHoldsAnotherCgroupStays() throws SyscallException {
        files.makeDirectory(SYSTEMD.resolve("pod"));
        files.makeDirectory(SYSTEMD.resolve("pod/container"));

        named.removeIfEmpty(CgroupPath.of("/pod"));

        assertThat(files.exists(SYSTEMD.resolve("pod"))).isTrue();
    }
}
