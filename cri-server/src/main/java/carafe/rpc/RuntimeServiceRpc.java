package carafe.rpc;

import carafe.metrics.BuildInfo;
import carafe.proto.cri.RuntimeServiceGrpc;
import carafe.runtime.api.ContainerRuntime;
import carafe.streaming.api.StreamUrls;
import io.grpc.ServerServiceDefinition;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The CRI's RuntimeService: which class answers which RPC. */
final class RuntimeServiceRpc {
    private static final String CHECKPOINTS =
            "a checkpoint's mounts, devices and images would have to be trusted when it is restored, and nothing checks them; stop the pod and make it anew";

    private RuntimeServiceRpc() {}

    /**
     * @param config what a verbose Status shows of the configuration
     */
    static ServerServiceDefinition define(
            RpcAdapter adapter,
            ContainerRuntime runtime,
            StreamUrls urls,
            BuildInfo build,
            Supplier<Map<String, ?>> config,
            InstantSource clock) {
        PodCidr podCidr = new PodCidr();
        return Services.define(
                RuntimeServiceGrpc.getServiceDescriptor(),
                adapter,
                List.of(
                        Route.always(RuntimeServiceGrpc.getVersionMethod(), new Version(build)),
                        Route.always(
                                RuntimeServiceGrpc.getStatusMethod(),
                                new Status(runtime, () -> shown(config, podCidr))),
                        Route.always(
                                RuntimeServiceGrpc.getRuntimeConfigMethod(),
                                RuntimeConfig.of(config.get())),
                        Route.change(
                                RuntimeServiceGrpc.getUpdateRuntimeConfigMethod(),
                                new UpdateRuntimeConfig(runtime, podCidr)),
                        Route.change(
                                RuntimeServiceGrpc.getRunPodSandboxMethod(),
                                new RunPodSandbox(runtime)),
                        Route.change(
                                RuntimeServiceGrpc.getStopPodSandboxMethod(),
                                new StopPodSandbox(runtime)),
                        Route.change(
                                RuntimeServiceGrpc.getRemovePodSandboxMethod(),
                                new RemovePodSandbox(runtime)),
                        Route.read(
                                RuntimeServiceGrpc.getPodSandboxStatusMethod(),
                                new PodSandboxStatus(runtime, clock)),
                        Route.read(
                                RuntimeServiceGrpc.getListPodSandboxMethod(),
                                new ListPodSandbox(runtime)),
                        new StreamRoute<>(
                                RuntimeServiceGrpc.getStreamPodSandboxesMethod(),
                                new StreamPodSandboxes(runtime)),
                        Route.change(
                                RuntimeServiceGrpc.getCreateContainerMethod(),
                                new CreateContainer(runtime)),
                        Route.change(
                                RuntimeServiceGrpc.getStartContainerMethod(),
                                new StartContainer(runtime)),
                        Route.change(
                                RuntimeServiceGrpc.getStopContainerMethod(),
                                new StopContainer(runtime)),
                        Route.change(
                                RuntimeServiceGrpc.getRemoveContainerMethod(),
                                new RemoveContainer(runtime)),
                        Route.read(
                                RuntimeServiceGrpc.getListContainersMethod(),
                                new ListContainers(runtime)),
                        new StreamRoute<>(
                                RuntimeServiceGrpc.getStreamContainersMethod(),
                                new StreamContainers(runtime)),
                        new StreamRoute<>(
                                RuntimeServiceGrpc.getGetContainerEventsMethod(),
                                new GetContainerEvents(runtime)),
                        Route.read(
                                RuntimeServiceGrpc.getContainerStatusMethod(),
                                new ContainerStatus(runtime)),
                        Route.read(
                                RuntimeServiceGrpc.getContainerStatsMethod(),
                                new ContainerStats(runtime.stats())),
                        Route.read(
                                RuntimeServiceGrpc.getListContainerStatsMethod(),
                                new ListContainerStats(runtime.stats())),
                        new StreamRoute<>(
                                RuntimeServiceGrpc.getStreamContainerStatsMethod(),
                                new StreamContainerStats(runtime.stats())),
                        new StreamRoute<>(
                                RuntimeServiceGrpc.getStreamPodSandboxStatsMethod(),
                                new StreamPodSandboxStats(runtime.stats())),
                        Route.read(
                                RuntimeServiceGrpc.getPodSandboxStatsMethod(),
                                new PodSandboxStats(runtime.stats())),
                        Route.read(
                                RuntimeServiceGrpc.getListPodSandboxStatsMethod(),
                                new ListPodSandboxStats(runtime.stats())),
                        Route.read(
                                RuntimeServiceGrpc.getListMetricDescriptorsMethod(),
                                new ListMetricDescriptors()),
                        Route.read(
                                RuntimeServiceGrpc.getListPodSandboxMetricsMethod(),
                                new ListPodSandboxMetrics(runtime.stats())),
                        new StreamRoute<>(
                                RuntimeServiceGrpc.getStreamPodSandboxMetricsMethod(),
                                new StreamPodSandboxMetrics(runtime.stats())),
                        Route.read(RuntimeServiceGrpc.getExecSyncMethod(), new ExecSync(runtime)),
                        Route.change(RuntimeServiceGrpc.getExecMethod(), new Exec(runtime, urls)),
                        Route.change(
                                RuntimeServiceGrpc.getAttachMethod(), new Attach(runtime, urls)),
                        Route.change(
                                RuntimeServiceGrpc.getPortForwardMethod(),
                                new PortForward(runtime, urls)),
                        Route.change(
                                RuntimeServiceGrpc.getUpdateContainerResourcesMethod(),
                                new UpdateContainerResources(runtime)),
                        Route.change(
                                RuntimeServiceGrpc.getUpdatePodSandboxResourcesMethod(),
                                new UpdatePodSandboxResources(runtime)),
                        Route.change(
                                RuntimeServiceGrpc.getReopenContainerLogMethod(),
                                new ReopenContainerLog(runtime))),
                notYet());
    }

    private static Map<String, Object> shown(Supplier<Map<String, ?>> config, PodCidr podCidr) {
        Map<String, Object> shown = new HashMap<>(config.get());
        shown.put("podCidr", podCidr.get());
        return shown;
    }

    private static Map<String, String> notYet() {
        Map<String, String> later = new HashMap<>();
        List.of("CheckpointContainer", "CheckpointPod", "RestorePod")
                .forEach(m -> later.put(m, CHECKPOINTS));
        return later;
    }
}
