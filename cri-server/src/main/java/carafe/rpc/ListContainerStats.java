package carafe.rpc;

import carafe.proto.cri.ListContainerStatsRequest;
import carafe.proto.cri.ListContainerStatsResponse;
import carafe.runtime.api.UsageStats;

/** Tells what the running containers use that the filter lets through. */
record ListContainerStats(UsageStats stats)
        implements Rpc<ListContainerStatsRequest, ListContainerStatsResponse> {
    @Override
    public ListContainerStatsResponse call(ListContainerStatsRequest request, Call call) {
        return ListContainerStatsResponse.newBuilder()
                .addAllStats(
                        stats.containers(StatsMessages.filter(request.getFilter())).stream()
                                .map(StatsMessages::container)
                                .toList())
                .build();
    }
}
