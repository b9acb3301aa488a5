package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.LinuxSandboxSecurityContext;
import carafe.proto.cri.NamespaceMode;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.RuntimeCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node without any CNI configuration. */
@Timeout(60)
final class NoNetworkIT {
    @RegisterExtension static final Node node = new Node();

    @Test
    void saysThatTheNetworkIsNotReadyAndWhy() {
        RuntimeCondition network = node.kubelet().condition("NetworkReady");

        assertThat(network.getStatus()).isFalse();
        assertThat(network.getReason()).isNotEmpty();
        assertThat(network.getMessage()).contains(node.instance().cniConf().toString());
    }

    @Test
    void theRuntimeItselfIsReady() {
        assertThat(node.kubelet().condition("RuntimeReady").getStatus()).isTrue();
    }

    @Test
    void aPodGetsItsOwnLoopback() {
        PodSandboxConfig pod = node.pod("loopback").build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().run(podId, pod, node.container("lo", "sleep", "100").build());

        assertThat(out(id, "ls", "/sys/class/net")).isEqualTo("lo\n");
        assertThat(out(id, "ping", "-c", "1", "-W", "2", "127.0.0.1")).contains(" 0% packet loss");
    }

    @Test
    void aHostNetworkPodSeesTheNodesLinks() throws IOException {
        PodSandboxConfig pod =
                node.pod("host")
                        .setHostname("")
                        .setLinux(
                                LinuxPodSandboxConfig.newBuilder()
                                        .setSecurityContext(
                                                LinuxSandboxSecurityContext.newBuilder()
                                                        .setNamespaceOptions(nodeNetwork())))
                        .build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container("host", "sleep", "100")
                                        .setLinux(LinuxConfigs.withNamespaces(nodeNetwork()))
                                        .build());

        assertThat(out(id, "readlink", "/proc/self/ns/net").strip())
                .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
        assertThat(node.kubelet().podStatus(podId).getNetwork().getIp()).isEmpty();
    }

    private static NamespaceOption nodeNetwork() {
        return NamespaceOption.newBuilder().setNetwork(NamespaceMode.NODE).build();
    }

    private static String out(String id, String... command) {
        return node.kubelet().exec(id, command).getStdout().toStringUtf8();
    }
}
