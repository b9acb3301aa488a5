package carafe.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.Metric;
import carafe.proto.cri.MetricDescriptor;
import carafe.proto.cri.MetricType;
import carafe.proto.cri.PodSandboxMetrics;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MetricMessagesTest {
    private static final PodSandboxMetrics POD =
            MetricMessages.sandbox(new FakeStats().counters().getFirst());

    private static List<Metric> all() {
        return Stream.concat(
                        POD.getMetricsList().stream(),
                        POD.getContainerMetrics(0).getMetricsList().stream())
                .toList();
    }

    @Test
    void fiftySixNamesAreDescribedOnceEach() {
        List<MetricDescriptor> descriptors = MetricMessages.descriptors();
        assertThat(descriptors).hasSize(56);
        assertThat(descriptors)
                .extracting(MetricDescriptor::getName)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.startsWith("container_"));
        assertThat(descriptors).allSatisfy(each -> assertThat(each.getHelp()).isNotBlank());
    }

    @Test
    void everyDescribedMetricHasAValueForEachOfItsLabels() {
        Map<String, Integer> labels =
                MetricMessages.descriptors().stream()
                        .collect(
                                Collectors.toMap(
                                        MetricDescriptor::getName,
                                        MetricDescriptor::getLabelKeysCount));
        assertThat(all()).extracting(Metric::getName).containsAll(labels.keySet());
        assertThat(all())
                .allSatisfy(metric ->
                        assertThat(labels)
                                .containsEntry(metric.getName(), metric.getLabelValuesCount()));
    }

    @Test
    void nothingIsToldTwiceAndTotalsAreCounters() {
        assertThat(all().stream().map(each -> each.getName() + each.getLabelValuesList()))
                .doesNotHaveDuplicates();
        assertThat(all())
                .allSatisfy(metric ->
                        assertThat(metric.getMetricType())
                                .as(metric.getName())
                                .isEqualTo(
                                        metric.getName().matches(".*(?<!inodes)_total")
                                                        || metric.getName().endsWith("failcnt")
                                                ? MetricType.COUNTER
                                                : MetricType.GAUGE));
    }

    @Test
    void secondsAreWholeAndLabelsNameTheContainer() {
        Metric cpu = metric("container_cpu_usage_seconds_total");
        assertThat(cpu.getValue().getValue()).isEqualTo(3);
        assertThat(cpu.getTimestamp()).isZero();
        assertThat(cpu.getLabelValuesList())
                .contains("/pods/p/c", POD.getContainerMetrics(0).getContainerId(), "total");
        assertThat(metric("container_network_receive_packets_dropped_total").getLabelValuesList())
                .contains("/pods/p", POD.getPodSandboxId(), "eth0");
        assertThat(metric("container_fs_writes_bytes_total").getLabelValuesList())
                .endsWith("/dev/sda");
        assertThat(metric("container_fs_writes_bytes_total").getValue().getValue()).isEqualTo(20);
    }

    private static Metric metric(String name) {
        return all().stream().filter(each -> each.getName().equals(name)).findFirst().orElseThrow();
    }
}
