package carafe.rpc;

import carafe.proto.cri.ContainerStatsRequest;
import carafe.proto.cri.ContainerStatsResponse;
import carafe.runtime.api.UsageStats;

/** Tells what one container uses. */
record ContainerStats(UsageStats stats)
        implements Rpc<ContainerStatsRequest, ContainerStatsResponse> {
    @Override
    public ContainerStatsResponse call(ContainerStatsRequest request, Call call) {
        String id = Requests.id("container_id", request.getContainerId());
        call.note("container", id);
        return ContainerStatsResponse.newBuilder()
                .setStats(StatsMessages.container(stats.container(id)))
                .build();
    }
}
