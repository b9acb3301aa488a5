package carafe.rpc;

import carafe.proto.cri.Container;
import carafe.proto.cri.StreamContainersRequest;
import carafe.proto.cri.StreamContainersResponse;
import carafe.runtime.api.ContainerRuntime;
import carafe.runtime.api.ContainerView;
import java.util.List;

/** Lists the containers that the filter lets through, in messages of bounded size. */
record StreamContainers(ContainerRuntime runtime)
        implements StreamRpc<StreamContainersRequest, StreamContainersResponse> {
    private static final Batches<ContainerView, Container, StreamContainersResponse> BATCHES =
            new Batches<>(ContainerMessages::item, StreamContainers::message);

    @Override
    public void call(
            StreamContainersRequest request, Call call, Outlet<StreamContainersResponse> out)
            throws InterruptedException {
        BATCHES.send(runtime.listContainers(ContainerMessages.filter(request.getFilter())), out);
    }

    private static StreamContainersResponse message(List<Container> items) {
        return StreamContainersResponse.newBuilder().addAllContainers(items).build();
    }
}
