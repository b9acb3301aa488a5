package carafe.rpc;

import carafe.proto.cri.PodSandboxStatsRequest;
import carafe.proto.cri.PodSandboxStatsResponse;
import carafe.runtime.api.UsageStats;

/** Tells what one pod and its running containers use. */
record PodSandboxStats(UsageStats stats)
        implements Rpc<PodSandboxStatsRequest, PodSandboxStatsResponse> {
    @Override
    public PodSandboxStatsResponse call(PodSandboxStatsRequest request, Call call) {
        String id = Requests.id("pod_sandbox_id", request.getPodSandboxId());
        call.note("sandbox", id);
        return PodSandboxStatsResponse.newBuilder()
                .setStats(StatsMessages.sandbox(stats.sandbox(id)))
                .build();
    }
}
