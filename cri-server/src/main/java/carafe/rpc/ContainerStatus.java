package carafe.rpc;

import carafe.proto.cri.ContainerStatusRequest;
import carafe.proto.cri.ContainerStatusResponse;
import carafe.runtime.api.ContainerDetails;
import carafe.runtime.api.ContainerRuntime;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells everything about one container. */
record ContainerStatus(ContainerRuntime runtime)
        implements Rpc<ContainerStatusRequest, ContainerStatusResponse> {
    @Override
    public ContainerStatusResponse call(ContainerStatusRequest request, Call call) {
        String id = Requests.id("container_id", request.getContainerId());
        call.note("container", id);
        ContainerStatusResponse.Builder answer =
                ContainerStatusResponse.newBuilder()
                        .setStatus(ContainerMessages.status(runtime.containerStatus(id)));
        if (request.getVerbose()) {
            answer.putInfo("info", info(runtime.containerDetails(id)));
        }
        return answer.build();
    }

    /** Keys as crictl's users know them. */
    private static String info(ContainerDetails details) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("sandboxID", details.sandboxId());
        info.put("pid", details.pid());
        info.put("snapshotKey", details.snapshot());
        info.put("snapshotter", "overlayfs");
        if (!details.configJson().isEmpty()) {
            info.put("runtimeSpec", Json.embed(details.configJson()));
        }
        return Json.write(info);
    }
}
