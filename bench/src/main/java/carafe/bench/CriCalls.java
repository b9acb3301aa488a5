package carafe.bench;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerStatusRequest;
import carafe.proto.cri.CreateContainerRequest;
import carafe.proto.cri.CreateContainerResponse;
import carafe.proto.cri.ListContainersRequest;
import carafe.proto.cri.ListPodSandboxRequest;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.RemoveContainerRequest;
import carafe.proto.cri.RemovePodSandboxRequest;
import carafe.proto.cri.RunPodSandboxRequest;
import carafe.proto.cri.RunPodSandboxResponse;
import carafe.proto.cri.RuntimeServiceGrpc;
import carafe.proto.cri.StartContainerRequest;
import carafe.proto.cri.StopContainerRequest;
import carafe.proto.cri.StopPodSandboxRequest;
import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A node's calls by the client that costs least, one connection per method. Used by one thread.
 * Owns its connections.
 */
final class CriCalls implements AutoCloseable {
    private final Path socket;
    private final Map<String, GrpcCall> methods = new HashMap<>();

    CriCalls(Path socket) {
        this.socket = socket;
    }

    String runPod(PodSandboxConfig pod) throws IOException {
        byte[] answer =
                call(
                        RuntimeServiceGrpc.getRunPodSandboxMethod(),
                        RunPodSandboxRequest.newBuilder().setConfig(pod).build());
        return RunPodSandboxResponse.parseFrom(answer).getPodSandboxId();
    }

    String create(String podId, PodSandboxConfig pod, ContainerConfig container)
            throws IOException {
        byte[] answer =
                call(
                        RuntimeServiceGrpc.getCreateContainerMethod(),
                        CreateContainerRequest.newBuilder()
                                .setPodSandboxId(podId)
                                .setSandboxConfig(pod)
                                .setConfig(container)
                                .build());
        return CreateContainerResponse.parseFrom(answer).getContainerId();
    }

    void start(String id) throws IOException {
        byte[] _ =
                call(
                        RuntimeServiceGrpc.getStartContainerMethod(),
                        StartContainerRequest.newBuilder().setContainerId(id).build());
    }

    void stop(String id) throws IOException {
        byte[] _ =
                call(
                        RuntimeServiceGrpc.getStopContainerMethod(),
                        StopContainerRequest.newBuilder()
                                .setContainerId(id)
                                .setTimeout(10)
                                .build());
    }

    void remove(String id) throws IOException {
        byte[] _ =
                call(
                        RuntimeServiceGrpc.getRemoveContainerMethod(),
                        RemoveContainerRequest.newBuilder().setContainerId(id).build());
    }

    void stopPod(String id) throws IOException {
        byte[] _ =
                call(
                        RuntimeServiceGrpc.getStopPodSandboxMethod(),
                        StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build());
    }

    void removePod(String id) throws IOException {
        byte[] _ =
                call(
                        RuntimeServiceGrpc.getRemovePodSandboxMethod(),
                        RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build());
    }

    /** Bytes of the answer, which is not parsed. */
    int listContainers() throws IOException {
        return call(
                        RuntimeServiceGrpc.getListContainersMethod(),
                        ListContainersRequest.getDefaultInstance())
                .length;
    }

    /** Bytes of the answer, which is not parsed. */
    int listPods() throws IOException {
        return call(
                        RuntimeServiceGrpc.getListPodSandboxMethod(),
                        ListPodSandboxRequest.getDefaultInstance())
                .length;
    }

    /** Bytes of the answer, which is not parsed. */
    int status(String id) throws IOException {
        return call(
                        RuntimeServiceGrpc.getContainerStatusMethod(),
                        ContainerStatusRequest.newBuilder().setContainerId(id).build())
                .length;
    }

    private byte[] call(MethodDescriptor<?, ?> method, MessageLite request) throws IOException {
        String name = method.getFullMethodName();
        GrpcCall call = methods.get(name);
        if (call == null) {
            call = new GrpcCall(socket, name);
            methods.put(name, call);
        }
        return call.call(request.toByteArray());
    }

    @Override
    public void close() throws IOException {
        for (GrpcCall each : methods.values()) {
            each.close();
        }
    }
}
