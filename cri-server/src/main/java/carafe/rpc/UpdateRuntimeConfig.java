package carafe.rpc;

import carafe.base.CarafeException;
import carafe.proto.cri.UpdateRuntimeConfigRequest;
import carafe.proto.cri.UpdateRuntimeConfigResponse;
import carafe.runtime.api.ContainerRuntime;
import java.util.regex.Pattern;

/** Passes on the pod address range that kubelet announces. */
record UpdateRuntimeConfig(ContainerRuntime runtime, PodCidr podCidr)
        implements Rpc<UpdateRuntimeConfigRequest, UpdateRuntimeConfigResponse> {
    /** One range, or one per family separated by a comma. */
    private static final Pattern RANGES =
            Pattern.compile("[0-9a-fA-F.:]{2,45}/\\d{1,3}(,[0-9a-fA-F.:]{2,45}/\\d{1,3})?");

    @Override
    public UpdateRuntimeConfigResponse call(UpdateRuntimeConfigRequest request, Call call) {
        String range = request.getRuntimeConfig().getNetworkConfig().getPodCidr();
        if (!range.isEmpty() && !RANGES.matcher(range).matches()) {
            throw new CarafeException.Invalid(
                    "pod_cidr \"%s\" is no address range such as 10.88.0.0/16".formatted(range));
        }
        call.note("podCidr", range);
        runtime.announcePodRange(range);
        podCidr.set(range);
        return UpdateRuntimeConfigResponse.getDefaultInstance();
    }
}
