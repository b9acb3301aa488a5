package carafe.rpc;

import carafe.proto.cri.RuntimeCondition;
import carafe.proto.cri.RuntimeHandler;
import carafe.proto.cri.RuntimeHandlerFeatures;
import carafe.proto.cri.RuntimeStatus;
import carafe.proto.cri.StatusRequest;
import carafe.proto.cri.StatusResponse;
import carafe.runtime.api.ContainerRuntime;
import carafe.runtime.api.RuntimeFeatures;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Tells what the runtime can do now.
 *
 * @param config what a verbose answer shows of the configuration
 */
record Status(ContainerRuntime runtime, Supplier<Map<String, ?>> config)
        implements Rpc<StatusRequest, StatusResponse> {
    @Override
    public StatusResponse call(StatusRequest request, Call call) {
        RuntimeFeatures features = runtime.features();
        StatusResponse.Builder answer =
                StatusResponse.newBuilder()
                        .setStatus(conditions())
                        .setFeatures(
                                carafe.proto.cri.RuntimeFeatures.newBuilder()
                                        .setSupplementalGroupsPolicy(
                                                features.supplementalGroupsPolicy())
                                        .setUserNamespacesHostNetwork(
                                                features.userNamespacesHostNetwork())
                                        .setMountOptions(features.mountOptions()));
        features.handlers().stream().map(Status::handler).forEach(answer::addRuntimeHandlers);
        if (request.getVerbose()) {
            answer.putInfo("config", Json.write(config.get()));
        }
        return answer.build();
    }

    private RuntimeStatus conditions() {
        RuntimeStatus.Builder status = RuntimeStatus.newBuilder();
        for (carafe.runtime.api.RuntimeCondition condition : runtime.conditions()) {
            status.addConditions(
                    RuntimeCondition.newBuilder()
                            .setType(condition.type())
                            .setStatus(condition.holds())
                            .setReason(condition.reason())
                            .setMessage(condition.message()));
        }
        return status.build();
    }

    private static RuntimeHandler handler(RuntimeFeatures.Handler handler) {
        return RuntimeHandler.newBuilder()
                .setName(handler.name())
                .setFeatures(
                        RuntimeHandlerFeatures.newBuilder()
                                .setRecursiveReadOnlyMounts(handler.recursiveReadOnly())
                                .setUserNamespaces(handler.userNamespaces()))
                .build();
    }
}
