package carafe.rpc;

import carafe.proto.cri.ListContainersRequest;
import carafe.proto.cri.ListContainersResponse;
import carafe.runtime.api.ContainerRuntime;

/** Lists the containers that the filter lets through. */
record ListContainers(ContainerRuntime runtime)
        implements Look<ListContainersRequest, ListContainersResponse> {
    @Override
    public ListContainersResponse call(ListContainersRequest request, Call call) {
        ListContainersResponse.Builder answer = ListContainersResponse.newBuilder();
        runtime.listContainers(ContainerMessages.filter(request.getFilter())).stream()
                .map(ContainerMessages::item)
                .forEach(answer::addContainers);
        return answer.build();
    }
}
