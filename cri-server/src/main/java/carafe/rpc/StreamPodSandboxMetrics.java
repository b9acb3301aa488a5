package carafe.rpc;

import carafe.proto.cri.PodSandboxMetrics;
import carafe.proto.cri.StreamPodSandboxMetricsRequest;
import carafe.proto.cri.StreamPodSandboxMetricsResponse;
import carafe.runtime.api.SandboxCounters;
import carafe.runtime.api.UsageStats;
import java.util.List;

/** What is counted of pods and containers, as in the list of it, in messages of bounded size. */
record StreamPodSandboxMetrics(UsageStats stats)
        implements StreamRpc<StreamPodSandboxMetricsRequest, StreamPodSandboxMetricsResponse> {
    private static final Batches<
                    SandboxCounters, PodSandboxMetrics, StreamPodSandboxMetricsResponse>
            BATCHES = new Batches<>(MetricMessages::sandbox, StreamPodSandboxMetrics::message);

    @Override
    public void call(
            StreamPodSandboxMetricsRequest request,
            Call call,
            Outlet<StreamPodSandboxMetricsResponse> out)
            throws InterruptedException {
        BATCHES.send(stats.counters(), out);
    }

    private static StreamPodSandboxMetricsResponse message(List<PodSandboxMetrics> items) {
        return StreamPodSandboxMetricsResponse.newBuilder().addAllPodSandboxMetrics(items).build();
    }
}
