package carafe.rpc;

import carafe.linux.NetCounters;
import carafe.proto.cri.ContainerMetrics;
import carafe.proto.cri.MetricDescriptor;
import carafe.proto.cri.PodSandboxMetrics;
import carafe.runtime.api.ContainerCounters;
import carafe.runtime.api.ContainerView;
import carafe.runtime.api.SandboxCounters;
import carafe.runtime.api.SandboxView;
import java.util.List;
import java.util.stream.Stream;

/** What is counted of pods and containers, as protocol messages. */
final class MetricMessages {
    private MetricMessages() {}

    static List<MetricDescriptor> descriptors() {
        return Stream.concat(NetworkMetricRows.ALL.stream(), ContainerMetricRows.ALL.stream())
                .map(MetricRow::descriptor)
                .toList();
    }

    static PodSandboxMetrics sandbox(SandboxCounters counters) {
        SandboxView pod = counters.sandbox();
        PodSandboxMetrics.Builder message =
                PodSandboxMetrics.newBuilder().setPodSandboxId(pod.id());
        NetCounters network = counters.network();
        if (network != null) {
            List<String> labels = labels("", counters.cgroup(), "", pod.id(), pod);
            NetworkMetricRows.ALL.forEach(
                    row -> row.metrics(network, labels).forEach(message::addMetrics));
        }
        counters.containers().forEach(each -> message.addContainerMetrics(container(each, pod)));
        return message.build();
    }

    private static ContainerMetrics container(ContainerCounters counters, SandboxView pod) {
        ContainerView view = counters.container();
        List<String> labels =
                labels(
                        view.metadata().name(),
                        counters.cgroup(),
                        view.image().userSpecified().isEmpty()
                                ? view.image().image()
                                : view.image().userSpecified(),
                        view.id(),
                        pod);
        ContainerMetrics.Builder message = ContainerMetrics.newBuilder().setContainerId(view.id());
        ContainerMetricRows.ALL.forEach(
                row -> row.metrics(counters, labels).forEach(message::addMetrics));
        return message.build();
    }

    /** In the order of {@link MetricRow#COMMON}. */
    private static List<String> labels(
            String container, String cgroup, String image, String name, SandboxView pod) {
        return List.of(
                container, cgroup, image, name, pod.metadata().namespace(), pod.metadata().name());
    }
}
