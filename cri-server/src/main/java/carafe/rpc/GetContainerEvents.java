package carafe.rpc;

import carafe.proto.cri.ContainerEventResponse;
import carafe.proto.cri.GetEventsRequest;
import carafe.runtime.api.ContainerRuntime;
import carafe.runtime.api.Subscription;

/**
 * Tells what happens to pods and containers from now on, until the caller hangs up. The headers of
 * the answer come as soon as nothing can be missed any more.
 */
record GetContainerEvents(ContainerRuntime runtime)
        implements StreamRpc<GetEventsRequest, ContainerEventResponse> {
    @Override
    public void call(GetEventsRequest request, Call call, Outlet<ContainerEventResponse> out)
            throws InterruptedException {
        try (Subscription events = runtime.subscribe()) {
            out.begin();
            while (!Thread.currentThread().isInterrupted()) {
                out.send(EventMessages.event(events.next()));
            }
        }
        throw new InterruptedException("the caller is gone");
    }
}
