package carafe.rpc;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerMetadata;
import carafe.proto.cri.ContainerStatusRequest;
import carafe.proto.cri.CreateContainerRequest;
import carafe.proto.cri.ExecSyncRequest;
import carafe.proto.cri.ImageServiceGrpc;
import carafe.proto.cri.ImageServiceGrpc.ImageServiceBlockingStub;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.ListContainerStatsRequest;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxMetadata;
import carafe.proto.cri.PodSandboxStatusRequest;
import carafe.proto.cri.PullImageRequest;
import carafe.proto.cri.RemoveContainerRequest;
import carafe.proto.cri.RemoveImageRequest;
import carafe.proto.cri.RemovePodSandboxRequest;
import carafe.proto.cri.ReopenContainerLogRequest;
import carafe.proto.cri.RunPodSandboxRequest;
import carafe.proto.cri.RuntimeServiceGrpc;
import carafe.proto.cri.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import carafe.proto.cri.StartContainerRequest;
import carafe.proto.cri.StopContainerRequest;
import carafe.proto.cri.StopPodSandboxRequest;
import io.grpc.Channel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The whole life of a pod as kubelet has it, so that a training run of the JVM sees what the first
 * pod of a node will need: its network, its container, an exec, its log reopened, its end; and the
 * pull before it.
 */
public final class PodRehearsal {
    private static final long DEADLINE_SECONDS = 30;
    private static final long GRACE_SECONDS = 5;

    private final Channel channel;
    private final String image;
    private final List<String> probe;
    private final Path logs;
    private int pods;

    /**
     * @param image one that is there
     * @param probe a command that its container answers
     * @param logs an existing directory
     */
    public PodRehearsal(Channel channel, String image, List<String> probe, Path logs) {
        this.channel = channel;
        this.image = image;
        this.probe = List.copyOf(probe);
        this.logs = logs;
    }

    /** One pod from its start to its end. */
    public void play() {
        RuntimeServiceBlockingStub runtime = runtime();
        String name = "rehearsal-" + ++pods;
        PodSandboxConfig pod =
                PodSandboxConfig.newBuilder()
                        .setMetadata(
                                PodSandboxMetadata.newBuilder()
                                        .setName(name)
                                        .setNamespace("default")
                                        .setUid(name))
                        .setLogDirectory(logs.toString())
                        .build();
        String podId =
                runtime.runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(pod).build())
                        .getPodSandboxId();
        runtime.podSandboxStatus(
                PodSandboxStatusRequest.newBuilder().setPodSandboxId(podId).build());
        String id = container(runtime, podId, pod, name);
        runtime.containerStatus(ContainerStatusRequest.newBuilder().setContainerId(id).build());
        runtime.execSync(
                ExecSyncRequest.newBuilder()
                        .setContainerId(id)
                        .addAllCmd(probe)
                        .setTimeout(GRACE_SECONDS)
                        .build());
        runtime.listContainerStats(ListContainerStatsRequest.getDefaultInstance());
        runtime.reopenContainerLog(
                ReopenContainerLogRequest.newBuilder().setContainerId(id).build());
        runtime.stopContainer(
                StopContainerRequest.newBuilder()
                        .setContainerId(id)
                        .setTimeout(GRACE_SECONDS)
                        .build());
        runtime.stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
        runtime.removeContainer(RemoveContainerRequest.newBuilder().setContainerId(id).build());
        runtime.removePodSandbox(
                RemovePodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
    }

    private String container(
            RuntimeServiceBlockingStub runtime, String podId, PodSandboxConfig pod, String name) {
        String id =
                runtime.createContainer(
                                CreateContainerRequest.newBuilder()
                                        .setPodSandboxId(podId)
                                        .setSandboxConfig(pod)
                                        .setConfig(
                                                ContainerConfig.newBuilder()
                                                        .setMetadata(
                                                                ContainerMetadata.newBuilder()
                                                                        .setName("c"))
                                                        .setImage(
                                                                ImageSpec.newBuilder()
                                                                        .setImage(image))
                                                        .setLogPath(name + ".log"))
                                        .build())
                        .getContainerId();
        runtime.startContainer(StartContainerRequest.newBuilder().setContainerId(id).build());
        return id;
    }

    /** Pulls an image and removes it again. */
    public void pull(String reference) {
        ImageSpec spec = ImageSpec.newBuilder().setImage(reference).build();
        ImageServiceBlockingStub images =
                ImageServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
        images.pullImage(PullImageRequest.newBuilder().setImage(spec).build());
        images.removeImage(RemoveImageRequest.newBuilder().setImage(spec).build());
    }

    private RuntimeServiceBlockingStub runtime() {
        return RuntimeServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }
}
