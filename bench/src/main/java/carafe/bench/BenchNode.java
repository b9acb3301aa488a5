package carafe.bench;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerMetadata;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.NamespaceMode;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxMetadata;
import carafe.testkit.client.CriClient;
import carafe.testkit.client.Kubelet;
import java.nio.file.Path;
import java.util.List;

/**
 * What is measured: a socket, an image there, and a directory for logs. Owns the connection.
 *
 * @param socket of the runtime
 * @param logs where pods log; must exist
 * @param cgroupParent of pods; empty for the runtime's own choice
 */
record BenchNode(Path socket, CriClient client, String image, Path logs, String cgroupParent)
        implements AutoCloseable {
    Kubelet kubelet() {
        return new Kubelet(client);
    }

    PodSandboxConfig pod(String name) {
        return PodSandboxConfig.newBuilder()
                .setMetadata(
                        PodSandboxMetadata.newBuilder()
                                .setName(name)
                                .setNamespace("bench")
                                .setUid("uid-" + name))
                .setLogDirectory(logs.resolve(name).toString())
                .setLinux(LinuxPodSandboxConfig.newBuilder().setCgroupParent(cgroupParent))
                .build();
    }

    ContainerConfig.Builder container(String name, String... command) {
        return ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder().setName(name))
                .setImage(ImageSpec.newBuilder().setImage(image))
                .addAllCommand(List.of(command))
                .setLogPath(name + ".log");
    }

    @Override
    public void close() {
        client.close();
    }

    /** A pod on the node's network, so that no plugin is measured. */
    PodSandboxConfig hostPod(String name) {
        PodSandboxConfig.Builder pod = pod(name).toBuilder();
        pod.getLinuxBuilder()
                .getSecurityContextBuilder()
                .setNamespaceOptions(NamespaceOption.newBuilder().setNetwork(NamespaceMode.NODE));
        return pod.build();
    }

    /** Runs a container that only waits, in a pod of its own on the node's network. Its id. */
    String sleeper(String name) {
        PodSandboxConfig pod = hostPod(name);
        String podId = kubelet().runPod(pod);
        return kubelet().run(podId, pod, container(name, "sleep", "1000000").build());
    }
}
