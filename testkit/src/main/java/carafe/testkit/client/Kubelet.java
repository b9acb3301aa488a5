package carafe.testkit.client;

import carafe.proto.cri.Container;
import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerState;
import carafe.proto.cri.ContainerStatus;
import carafe.proto.cri.ContainerStatusRequest;
import carafe.proto.cri.ContainerStatusResponse;
import carafe.proto.cri.CreateContainerRequest;
import carafe.proto.cri.ExecSyncRequest;
import carafe.proto.cri.ExecSyncResponse;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.ListContainersRequest;
import carafe.proto.cri.ListPodSandboxRequest;
import carafe.proto.cri.PodSandbox;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxStatus;
import carafe.proto.cri.PodSandboxStatusRequest;
import carafe.proto.cri.PullImageRequest;
import carafe.proto.cri.RemoveContainerRequest;
import carafe.proto.cri.RemoveImageRequest;
import carafe.proto.cri.RemovePodSandboxRequest;
import carafe.proto.cri.RunPodSandboxRequest;
import carafe.proto.cri.RuntimeCondition;
import carafe.proto.cri.StartContainerRequest;
import carafe.proto.cri.StatusRequest;
import carafe.proto.cri.StopContainerRequest;
import carafe.proto.cri.StopPodSandboxRequest;
import java.time.Duration;
import java.util.List;

/** The CRI calls of a node's life in short: what kubelet does, one method per call. Thread-safe. */
public final class Kubelet {
    private static final Duration POLL = Duration.ofMillis(10);

    private final CriClient client;
    private final String handler;

    public Kubelet(CriClient client) {
        this(client, "");
    }

    /**
     * @param handler runtime handler of the pods it runs, empty = the default one
     */
    public Kubelet(CriClient client, String handler) {
        this.client = client;
        this.handler = handler;
    }

    /** The connection, for calls that have no short form here. */
    public CriClient client() {
        return client;
    }

    /**
     * @return the image's reference, as containers name it
     */
    public String pull(String image) {
        PullImageRequest request =
                PullImageRequest.newBuilder()
                        .setImage(ImageSpec.newBuilder().setImage(image))
                        .build();
        return client.images(Duration.ofMinutes(5)).pullImage(request).getImageRef();
    }

    /** The new pod's id. */
    public String runPod(PodSandboxConfig pod) {
        RunPodSandboxRequest request =
                RunPodSandboxRequest.newBuilder().setConfig(pod).setRuntimeHandler(handler).build();
        return client.runtime().runPodSandbox(request).getPodSandboxId();
    }

    /** The new container's id. */
    public String create(String podId, PodSandboxConfig pod, ContainerConfig container) {
        CreateContainerRequest request =
                CreateContainerRequest.newBuilder()
                        .setPodSandboxId(podId)
                        .setSandboxConfig(pod)
                        .setConfig(container)
                        .build();
        return client.runtime().createContainer(request).getContainerId();
    }

    /** Starts a created container. */
    public void start(String containerId) {
        client.runtime()
                .startContainer(
                        StartContainerRequest.newBuilder().setContainerId(containerId).build());
    }

    /** Creates and starts a container; its id. */
    public String run(String podId, PodSandboxConfig pod, ContainerConfig container) {
        String id = create(podId, pod, container);
        start(id);
        return id;
    }

    /** Runs a command in a container, for at most ten seconds. */
    public ExecSyncResponse exec(String containerId, String... command) {
        ExecSyncRequest request =
                ExecSyncRequest.newBuilder()
                        .setContainerId(containerId)
                        .addAllCmd(List.of(command))
                        .setTimeout(10)
                        .build();
        return client.runtime().execSync(request);
    }

    /** Stop signal, then SIGKILL after the grace period. */
    public void stop(String containerId, long graceSeconds) {
        StopContainerRequest request =
                StopContainerRequest.newBuilder()
                        .setContainerId(containerId)
                        .setTimeout(graceSeconds)
                        .build();
        client.runtime(CriClient.DEADLINE.plusSeconds(graceSeconds)).stopContainer(request);
    }

    public void remove(String containerId) {
        client.runtime()
                .removeContainer(
                        RemoveContainerRequest.newBuilder().setContainerId(containerId).build());
    }

    public void stopPod(String podId) {
        client.runtime()
                .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
    }

    public void removePod(String podId) {
        client.runtime()
                .removePodSandbox(
                        RemovePodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
    }

    /** One container, with what the runtime tells only when asked for more. */
    public ContainerStatusResponse verboseStatus(String containerId) {
        return client.runtime()
                .containerStatus(
                        ContainerStatusRequest.newBuilder()
                                .setContainerId(containerId)
                                .setVerbose(true)
                                .build());
    }

    /**
     * What the node says of its readiness.
     *
     * @param type {@code RuntimeReady} or {@code NetworkReady}
     */
    public RuntimeCondition condition(String type) {
        return client
                .runtime()
                .status(StatusRequest.getDefaultInstance())
                .getStatus()
                .getConditionsList()
                .stream()
                .filter(each -> each.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }

    public ContainerStatus status(String containerId) {
        return client.runtime()
                .containerStatus(
                        ContainerStatusRequest.newBuilder().setContainerId(containerId).build())
                .getStatus();
    }

    public PodSandboxStatus podStatus(String podId) {
        return client.runtime()
                .podSandboxStatus(
                        PodSandboxStatusRequest.newBuilder().setPodSandboxId(podId).build())
                .getStatus();
    }

    public List<Container> containers() {
        return client.runtime()
                .listContainers(ListContainersRequest.getDefaultInstance())
                .getContainersList();
    }

    public List<PodSandbox> pods() {
        return client.runtime()
                .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
                .getItemsList();
    }

    /**
     * Waits until a container has ended.
     *
     * @throws AssertionError when it still runs at the deadline
     */
    public ContainerStatus awaitExit(String containerId, Duration deadline)
            throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        ContainerStatus status = status(containerId);
        while (status.getState() != ContainerState.CONTAINER_EXITED) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "container %s is still %s after %s"
                                .formatted(containerId, status.getState(), deadline));
            }
            Thread.sleep(POLL);
            status = status(containerId);
        }
        return status;
    }

    /** Stops and removes every pod with its containers. */
    public void removeImage(String image) {
        client.images()
                .removeImage(
                        RemoveImageRequest.newBuilder()
                                .setImage(ImageSpec.newBuilder().setImage(image))
                                .build());
    }

    public void removeEverything() {
        for (PodSandbox pod : pods()) {
            stopPod(pod.getId());
            removePod(pod.getId());
        }
    }
}
