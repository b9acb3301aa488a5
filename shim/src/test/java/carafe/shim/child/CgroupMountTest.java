package carafe.shim.child;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CgroupMountTest {
    @Test
    void v1HierarchiesAreTheOnesWithAName() {
        assertThat(CgroupMount.hierarchies("9:name=systemd:/a:b\n3:cpu,cpuacct:/\n0::/x\n"))
                .containsExactly("name=systemd", "cpu,cpuacct");
    }

    @Test
    void onAV2MachineThereAreNone() {
        assertThat(CgroupMount.hierarchies("0::/\n")).isEmpty();
        assertThat(CgroupMount.hierarchies("")).isEmpty();
    }
}
