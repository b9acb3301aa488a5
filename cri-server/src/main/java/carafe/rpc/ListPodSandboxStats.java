package carafe.rpc;

import carafe.proto.cri.ListPodSandboxStatsRequest;
import carafe.proto.cri.ListPodSandboxStatsResponse;
import carafe.runtime.api.UsageStats;

/** Tells what the ready pods use that the filter lets through. */
record ListPodSandboxStats(UsageStats stats)
        implements Rpc<ListPodSandboxStatsRequest, ListPodSandboxStatsResponse> {
    @Override
    public ListPodSandboxStatsResponse call(ListPodSandboxStatsRequest request, Call call) {
        return ListPodSandboxStatsResponse.newBuilder()
                .addAllStats(
                        stats.sandboxes(StatsMessages.filter(request.getFilter())).stream()
                                .map(StatsMessages::sandbox)
                                .toList())
                .build();
    }
}
