package carafe.rpc;

import carafe.proto.cri.PodSandboxStatusRequest;
import carafe.proto.cri.PodSandboxStatusResponse;
import carafe.runtime.api.ContainerRuntime;
import carafe.runtime.api.SandboxStatus;
import java.time.InstantSource;

/** Tells everything about one pod, with its containers. */
record PodSandboxStatus(ContainerRuntime runtime, InstantSource clock)
        implements Look<PodSandboxStatusRequest, PodSandboxStatusResponse> {
    @Override
    public PodSandboxStatusResponse call(PodSandboxStatusRequest request, Call call) {
        String id = Requests.id("pod_sandbox_id", request.getPodSandboxId());
        call.note("sandbox", id);
        SandboxStatus status = runtime.sandboxStatus(id);
        PodSandboxStatusResponse.Builder answer =
                PodSandboxStatusResponse.newBuilder()
                        .setStatus(SandboxMessages.status(status))
                        .setTimestamp(Times.nanos(clock.instant()));
        status.containers().stream()
                .map(ContainerMessages::status)
                .forEach(answer::addContainersStatuses);
        if (request.getVerbose()) {
            answer.putInfo("info", Details.ofPod(status, runtime.sandboxDetails(id)));
        }
        return answer.build();
    }

    /** The details are read from a file. */
    @Override
    public boolean mayWait(PodSandboxStatusRequest request) {
        return request.getVerbose();
    }
}
