package carafe.rpc;

import carafe.proto.cri.ContainerStats;
import carafe.proto.cri.StreamContainerStatsRequest;
import carafe.proto.cri.StreamContainerStatsResponse;
import carafe.runtime.api.ContainerUsage;
import carafe.runtime.api.UsageStats;
import java.util.List;

/** What running containers use, as in the list of it, in messages of bounded size. */
record StreamContainerStats(UsageStats stats)
        implements StreamRpc<StreamContainerStatsRequest, StreamContainerStatsResponse> {
    private static final Batches<ContainerUsage, ContainerStats, StreamContainerStatsResponse>
            BATCHES = new Batches<>(StatsMessages::container, StreamContainerStats::message);

    @Override
    public void call(
            StreamContainerStatsRequest request,
            Call call,
            Outlet<StreamContainerStatsResponse> out)
            throws InterruptedException {
        BATCHES.send(stats.containers(StatsMessages.filter(request.getFilter())), out);
    }

    private static StreamContainerStatsResponse message(List<ContainerStats> items) {
        return StreamContainerStatsResponse.newBuilder().addAllContainerStats(items).build();
    }
}
