package carafe.rpc;

import carafe.proto.cri.RuntimeCondition;
import carafe.proto.cri.RuntimeFeatures;
import carafe.proto.cri.RuntimeHandler;
import carafe.proto.cri.RuntimeHandlerFeatures;
import carafe.proto.cri.RuntimeStatus;
import carafe.proto.cri.StatusRequest;
import carafe.proto.cri.StatusResponse;
import carafe.runtime.api.ContainerRuntime;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Tells what the runtime can do now. Features are false until they are built, so that kubelet does
 * not ask for them.
 *
 * @param config what a verbose answer shows of the configuration
 */
record Status(ContainerRuntime runtime, Supplier<Map<String, ?>> config)
        implements Rpc<StatusRequest, StatusResponse> {
    @Override
    public StatusResponse call(StatusRequest request, Call call) {
        RuntimeStatus.Builder status = RuntimeStatus.newBuilder();
        for (carafe.runtime.api.RuntimeCondition condition : runtime.conditions()) {
            status.addConditions(
                    RuntimeCondition.newBuilder()
                            .setType(condition.type())
                            .setStatus(condition.holds())
                            .setReason(condition.reason())
                            .setMessage(condition.message()));
        }
        boolean mapped = runtime.userNamespaceProblem().isEmpty();
        StatusResponse.Builder answer =
                StatusResponse.newBuilder()
                        .setStatus(status)
                        .addRuntimeHandlers(
                                RuntimeHandler.newBuilder()
                                        .setName("")
                                        .setFeatures(
                                                RuntimeHandlerFeatures.newBuilder()
                                                        .setUserNamespaces(mapped)))
                        .setFeatures(
                                RuntimeFeatures.newBuilder()
                                        .setSupplementalGroupsPolicy(true)
                                        .setUserNamespacesHostNetwork(mapped));
        if (request.getVerbose()) {
            answer.putInfo("config", Json.write(config.get()));
        }
        return answer.build();
    }
}
