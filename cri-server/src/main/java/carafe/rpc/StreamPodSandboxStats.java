package carafe.rpc;

import carafe.proto.cri.PodSandboxStats;
import carafe.proto.cri.StreamPodSandboxStatsRequest;
import carafe.proto.cri.StreamPodSandboxStatsResponse;
import carafe.runtime.api.SandboxUsage;
import carafe.runtime.api.UsageStats;
import java.util.List;

/** What ready pods use, as in the list of it, in messages of bounded size. */
record StreamPodSandboxStats(UsageStats stats)
        implements StreamRpc<StreamPodSandboxStatsRequest, StreamPodSandboxStatsResponse> {
    private static final Batches<SandboxUsage, PodSandboxStats, StreamPodSandboxStatsResponse>
            BATCHES = new Batches<>(StatsMessages::sandbox, StreamPodSandboxStats::message);

    @Override
    public void call(
            StreamPodSandboxStatsRequest request,
            Call call,
            Outlet<StreamPodSandboxStatsResponse> out)
            throws InterruptedException {
        BATCHES.send(stats.sandboxes(StatsMessages.filter(request.getFilter())), out);
    }

    private static StreamPodSandboxStatsResponse message(List<PodSandboxStats> items) {
        return StreamPodSandboxStatsResponse.newBuilder().addAllPodSandboxStats(items).build();
    }
}
