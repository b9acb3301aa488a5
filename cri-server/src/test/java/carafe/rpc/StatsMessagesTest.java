package carafe.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.linux.cgroup.CgroupUsage;
import carafe.proto.cri.ContainerStats;
import carafe.proto.cri.NetworkInterfaceUsage;
import carafe.proto.cri.NetworkUsage;
import carafe.proto.cri.PodSandboxStats;
import carafe.runtime.api.ContainerUsage;
import carafe.runtime.api.ResourceUsage;
import org.junit.jupiter.api.Test;

class StatsMessagesTest {
    @Test
    void everyFieldOfAContainersStatsIsFilled() {
        assertThat(FieldSamples.unset(StatsMessages.container(FakeStats.usage()))).isEmpty();
    }

    @Test
    void everyFieldOfAPodsStatsIsFilledButWindows() {
        PodSandboxStats stats = StatsMessages.sandbox(new FakeStats().sandbox(""));
        assertThat(FieldSamples.unset(stats)).containsExactly("windows");
    }

    @Test
    void theWorkingSetIsWithoutInactiveFilesAndTheLimitIsMeasuredByIt() {
        ContainerStats stats = StatsMessages.container(FakeStats.usage());
        assertThat(stats.getMemory().getWorkingSetBytes().getValue()).isEqualTo(700);
        assertThat(stats.getMemory().getAvailableBytes().getValue()).isEqualTo(1300);
        assertThat(stats.getSwap().getSwapAvailableBytes().getValue()).isEqualTo(20);
    }

    @Test
    void theDefaultInterfaceIsNotRepeated() {
        NetworkUsage network =
                StatsMessages.sandbox(new FakeStats().sandbox("")).getLinux().getNetwork();
        assertThat(network.getDefaultInterface().getName()).isEqualTo("net1");
        assertThat(network.getDefaultInterface().getTxErrors().getValue()).isEqualTo(8);
        assertThat(network.getInterfacesList())
                .extracting(NetworkInterfaceUsage::getName)
                .containsExactly("eth0");
    }

    @Test
    void whatIsNotMeasuredIsNotSet() {
        CgroupUsage nothing = new CgroupUsage(null, null, null, null, null, null, null);
        ContainerStats stats =
                StatsMessages.container(
                        new ContainerUsage(
                                Samples.containerStatus().view(),
                                new ResourceUsage(5, nothing, null),
                                null));
        assertThat(stats.hasMemory()).isFalse();
        assertThat(stats.hasSwap()).isFalse();
        assertThat(stats.hasWritableLayer()).isFalse();
        assertThat(stats.getCpu().getTimestamp()).isEqualTo(5);
        assertThat(stats.getCpu().hasUsageCoreNanoSeconds()).isFalse();
    }
}
