package carafe.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.runtime.api.Resources;
import carafe.runtime.fake.FakeCgroups;
import carafe.runtime.fake.FakeNode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelLimitsTest {
    private static final String ID = "c";
    private static final String CGROUP = "/carafe/p/c";
    private static final Resources RECORDED = memory(1 << 20);

    private final FakeCgroups cgroups;
    private final KernelLimits limits;
    private long now;

    KernelLimitsTest(@TempDir Path dir) {
        this.cgroups = new FakeNode(dir).cgroups();
        this.limits = new KernelLimits(cgroups, () -> now);
    }

    @Test
    void somebodyElsesChangeIsSeenASecondLater() {
        assertThat(limits.of(ID, CGROUP, RECORDED).memoryLimitBytes()).isEqualTo(1 << 20);
        var _ = cgroups.change(CGROUP, memory(2 << 20));

        now += KernelLimits.FRESH.toNanos() - 1;
        assertThat(limits.of(ID, CGROUP, RECORDED).memoryLimitBytes()).isEqualTo(1 << 20);
        now++;
        assertThat(limits.of(ID, CGROUP, RECORDED).memoryLimitBytes()).isEqualTo(2 << 20);
    }

    @Test
    void carafesOwnChangeIsSeenAtOnce() {
        assertThat(limits.of(ID, CGROUP, RECORDED).memoryLimitBytes()).isEqualTo(1 << 20);
        var _ = cgroups.change(CGROUP, memory(3 << 20));

        assertThat(limits.of(ID, CGROUP, memory(3 << 20)).memoryLimitBytes()).isEqualTo(3 << 20);
    }

    @Test
    void containersDoNotShareAReading() {
        var _ = cgroups.change("/carafe/p/d", memory(5 << 20));
        assertThat(limits.of(ID, CGROUP, RECORDED).memoryLimitBytes()).isEqualTo(1 << 20);

        assertThat(limits.of("d", "/carafe/p/d", RECORDED).memoryLimitBytes()).isEqualTo(5 << 20);
    }

    private static Resources memory(long bytes) {
        return new Resources(0, 0, 0, bytes, 0, "", "", Map.of(), Map.of(), 0);
    }
}
