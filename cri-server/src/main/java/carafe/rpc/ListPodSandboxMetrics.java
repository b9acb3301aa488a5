package carafe.rpc;

import carafe.proto.cri.ListPodSandboxMetricsRequest;
import carafe.proto.cri.ListPodSandboxMetricsResponse;
import carafe.runtime.api.UsageStats;

/** Tells everything that is counted of the ready pods and their running containers. */
record ListPodSandboxMetrics(UsageStats stats)
        implements Rpc<ListPodSandboxMetricsRequest, ListPodSandboxMetricsResponse> {
    @Override
    public ListPodSandboxMetricsResponse call(ListPodSandboxMetricsRequest request, Call call) {
        return ListPodSandboxMetricsResponse.newBuilder()
                .addAllPodMetrics(stats.counters().stream().map(MetricMessages::sandbox).toList())
                .build();
    }
}
