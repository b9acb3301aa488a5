package carafe.rpc;

import carafe.proto.cri.RunPodSandboxRequest;
import carafe.proto.cri.RunPodSandboxResponse;
import carafe.runtime.api.ContainerRuntime;
import carafe.runtime.api.SandboxSpec;

/** Makes a pod ready. */
record RunPodSandbox(ContainerRuntime runtime)
        implements Rpc<RunPodSandboxRequest, RunPodSandboxResponse> {
    @Override
    public RunPodSandboxResponse call(RunPodSandboxRequest request, Call call) {
        SandboxSpec spec = SandboxMessages.spec(request.getConfig(), request.getRuntimeHandler());
        call.note("pod", spec.metadata().name());
        call.note("namespace", spec.metadata().namespace());
        String id = runtime.runSandbox(spec, call);
        call.note("sandbox", id);
        return RunPodSandboxResponse.newBuilder().setPodSandboxId(id).build();
    }
}
