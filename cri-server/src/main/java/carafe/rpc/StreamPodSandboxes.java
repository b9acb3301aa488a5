package carafe.rpc;

import carafe.proto.cri.PodSandbox;
import carafe.proto.cri.StreamPodSandboxesRequest;
import carafe.proto.cri.StreamPodSandboxesResponse;
import carafe.runtime.api.ContainerRuntime;
import carafe.runtime.api.SandboxView;
import java.util.List;

/** Lists the pods that the filter lets through, in messages of bounded size. */
record StreamPodSandboxes(ContainerRuntime runtime)
        implements StreamRpc<StreamPodSandboxesRequest, StreamPodSandboxesResponse> {
    private static final Batches<SandboxView, PodSandbox, StreamPodSandboxesResponse> BATCHES =
            new Batches<>(SandboxMessages::item, StreamPodSandboxes::message);

    @Override
    public void call(
            StreamPodSandboxesRequest request, Call call, Outlet<StreamPodSandboxesResponse> out)
            throws InterruptedException {
        BATCHES.send(runtime.listSandboxes(SandboxMessages.filter(request.getFilter())), out);
    }

    private static StreamPodSandboxesResponse message(List<PodSandbox> items) {
        return StreamPodSandboxesResponse.newBuilder().addAllPodSandboxes(items).build();
    }
}
