package carafe.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.Caller;
import carafe.runtime.api.ContainerCounters;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerUsage;
import carafe.runtime.api.ResourceUsage;
import carafe.runtime.api.SandboxCounters;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxUsage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatsTest {
    @TempDir private Path dir;

    @Test
    void aRunningContainerIsMeasuredAndAnEndedOneKeepsItsFiles() {
        RuntimeRig rig = new RuntimeRig(dir);
        String id = rig.createAndStart(rig.runPod("p"), "c");
        rig.node.meters().use(id, 5_000_000);

        ContainerUsage usage = rig.runtime.stats().container(id.substring(0, 12));
        assertThat(usage.container().id()).isEqualTo(id);
        ResourceUsage resources = requireNonNull(usage.resources());
        assertThat(resources.used().cpuNanos()).isEqualTo(5_000_000);
        assertThat(resources.nanoCores()).isPositive();
        assertThat(requireNonNull(usage.writable()).bytes()).isEqualTo(4096);

        rig.runtime.stopContainer(id, Duration.ZERO);
        ContainerUsage ended = rig.runtime.stats().container(id);
        assertThat(ended.resources()).isNull();
        assertThat(ended.writable()).isNotNull();
    }

    @Test
    void listsShowWhatRunsAndWhatTheFilterLetsThrough() {
        RuntimeRig rig = new RuntimeRig(dir);
        String pod = rig.runPod("p");
        String first = rig.createAndStart(pod, "a");
        String second = rig.createAndStart(pod, "b");
        rig.create(pod, "waits");
        String other = rig.runPod("q");
        rig.runtime.stopSandbox(other);

        assertThat(rig.runtime.stats().containers(ContainerFilter.ALL))
                .extracting(usage -> usage.container().id())
                .containsExactly(first, second);
        assertThat(
                        rig.runtime
                                .stats()
                                .containers(
                                        new ContainerFilter(
                                                second.substring(0, 8), pod, null, Map.of())))
                .hasSize(1);
        assertThat(
                        rig.runtime
                                .stats()
                                .containers(
                                        new ContainerFilter("", "", null, Map.of("no", "such"))))
                .isEmpty();
        assertThat(rig.runtime.stats().sandboxes(SandboxFilter.ALL))
                .extracting(usage -> usage.sandbox().id())
                .containsExactly(pod);
    }

    @Test
    void aPodHasItsNetworkAndItsRunningContainers() {
        RuntimeRig rig = new RuntimeRig(dir);
        String pod = rig.runPod("p");
        String container = rig.createAndStart(pod, "a");

        SandboxUsage usage = rig.runtime.stats().sandbox(pod);
        assertThat(requireNonNull(usage.network()).counters().interfaces()).hasSize(1);
        assertThat(requireNonNull(usage.resources()).used().processes()).isEqualTo(2);
        assertThat(usage.containers())
                .extracting(each -> each.container().id())
                .containsExactly(container);
    }

    @Test
    void aPodOnTheNodesNetworkIsNotToldTheNodesTraffic() {
        RuntimeRig rig = new RuntimeRig(dir);
        String pod =
                rig.runtime.runSandbox(Requests.podOfNode("p", rig.node.logs()), Caller.PATIENT);
        assertThat(rig.runtime.stats().sandbox(pod).network()).isNull();
    }

    @Test
    void whatIsUnknownIsSaidSo() {
        RuntimeRig rig = new RuntimeRig(dir);
        assertThatThrownBy(() -> rig.runtime.stats().container("none"))
                .isInstanceOf(CarafeException.NotFound.class);
        assertThatThrownBy(() -> rig.runtime.stats().sandbox("none"))
                .isInstanceOf(CarafeException.NotFound.class);
    }

    @Test
    void everythingThatIsCountedIsToldOfWhatRuns() {
        RuntimeRig rig = new RuntimeRig(dir);
        String pod = rig.runPod("p");
        String runs = rig.createAndStart(pod, "a");
        rig.create(pod, "waits");
        rig.runtime.stopSandbox(rig.runPod("q"));

        List<SandboxCounters> all = rig.runtime.stats().counters();

        assertThat(all).extracting(each -> each.sandbox().id()).containsExactly(pod);
        assertThat(requireNonNull(all.getFirst().network()).interfaces()).hasSize(1);
        ContainerCounters counters = all.getFirst().containers().getFirst();
        assertThat(all.getFirst().containers()).hasSize(1);
        assertThat(counters.container().id()).isEqualTo(runs);
        assertThat(counters.counters().devices().getFirst().name()).isEqualTo("/dev/sda");
        assertThat(requireNonNull(counters.files()).descriptors()).isEqualTo(6);
        assertThat(requireNonNull(counters.room()).device()).isEqualTo("/dev/sda1");
        assertThat(counters.startedAtNanos()).isPositive();
    }
}
