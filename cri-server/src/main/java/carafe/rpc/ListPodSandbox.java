package carafe.rpc;

import carafe.proto.cri.ListPodSandboxRequest;
import carafe.proto.cri.ListPodSandboxResponse;
import carafe.runtime.api.ContainerRuntime;

/** Lists the pods that the filter lets through. */
record ListPodSandbox(ContainerRuntime runtime)
        implements Look<ListPodSandboxRequest, ListPodSandboxResponse> {
    @Override
    public ListPodSandboxResponse call(ListPodSandboxRequest request, Call call) {
        ListPodSandboxResponse.Builder answer = ListPodSandboxResponse.newBuilder();
        runtime.listSandboxes(SandboxMessages.filter(request.getFilter())).stream()
                .map(SandboxMessages::item)
                .forEach(answer::addItems);
        return answer.build();
    }
}
