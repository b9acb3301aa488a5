package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.DNSConfig;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.NamespaceMode;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.PodSandboxConfig;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With whom the containers of a pod share their namespaces, and what they share by files. */
@Timeout(60)
final class NamespaceIT {
    @RegisterExtension static final Node node = new Node();

    private PodSandboxConfig pod = PodSandboxConfig.getDefaultInstance();

    @Test
    void aDebuggerSeesTheProcessesOfItsTarget() throws InterruptedException {
        String podId = runPod(NamespaceMode.CONTAINER);
        String target = start(podId, "target", NamespaceMode.CONTAINER, "");
        String debugger = start(podId, "debugger", NamespaceMode.TARGET, target);

        assertThat(out(debugger, "tr '\\0' ' ' < /proc/1/cmdline")).isEqualTo("sleep 7171 ");
        assertThat(out(debugger, "readlink /proc/self/ns/mnt"))
                .isNotEqualTo(out(target, "readlink /proc/self/ns/mnt"));
        node.kubelet().stop(target, 0);
        assertThat(node.kubelet().awaitExit(debugger, Duration.ofSeconds(10)).getExitCode())
                .isEqualTo(137);
    }

    @Test
    void aTargetMustRunInTheSamePod() throws InterruptedException {
        String other = runPod(NamespaceMode.CONTAINER);
        String stranger = start(other, "stranger", NamespaceMode.CONTAINER, "");
        String podId = runPod(NamespaceMode.CONTAINER);
        assertThatThrownBy(() -> start(podId, "debugger", NamespaceMode.TARGET, stranger))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("is of another pod");

        String target = start(podId, "target", NamespaceMode.CONTAINER, "");
        ContainerConfig config = container("late", NamespaceMode.TARGET, target);
        String late = node.kubelet().create(podId, pod, config);
        node.kubelet().stop(target, 0);
        assertThatThrownBy(() -> node.kubelet().start(late))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("the target of its PID namespace");
        assertThatThrownBy(() -> start(podId, "debugger", NamespaceMode.TARGET, target))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("is not running");
    }

    @Test
    void oneProcessTreeForThePod() {
        String podId = runPod(NamespaceMode.POD);
        String one = start(podId, "one", NamespaceMode.POD, "");
        String two = start(podId, "two", NamespaceMode.POD, "");

        assertThat(out(one, "cat /proc/1/comm")).isEqualTo("carafe-shim");
        assertThat(out(one, "ps | grep -c '[s]leep 7171'")).isEqualTo("2");
        assertThat(out(two, "ls /proc/1/root/ 2>/dev/null | wc -w")).isEqualTo("0");
        assertThat(out(two, "ls /proc/1/fd 2>/dev/null | wc -w")).isEqualTo("0");
        assertThat(out(two, "grep -E 'Cap(Prm|Eff|Bnd)' /proc/1/status | cut -f2 | sort -u"))
                .isEqualTo("0000000000000000");
        // An orphan is reaped. Looked for in stat, since ps would show this very command.
        String zombies = "cat /proc/[0-9]*/stat 2>/dev/null | grep -c ') Z '";
        out(two, "sh -c 'true & exec true'");
        String left = out(two, zombies);
        for (int i = 0; i < 50 && !left.equals("0"); i++) {
            left = out(two, "sleep 0.1; " + zombies);
        }
        assertThat(left).isEqualTo("0");
    }

    @Test
    void theNodesProcessesAndObjects() throws IOException {
        NamespaceOption options =
                NamespaceOption.newBuilder()
                        .setNetwork(NamespaceMode.NODE)
                        .setPid(NamespaceMode.NODE)
                        .setIpc(NamespaceMode.NODE)
                        .build();
        pod = node.pod("node").setLinux(LinuxConfigs.podWithNamespaces(options)).build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container("node", "sleep", "100")
                                        .setLinux(LinuxConfigs.withNamespaces(options))
                                        .build());

        for (String name : new String[] {"pid", "net", "ipc", "uts"}) {
            assertThat(out(id, "readlink /proc/self/ns/" + name))
                    .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns", name)).toString());
        }
        assertThat(out(id, "cat /etc/hosts"))
                .isEqualTo(Files.readString(Path.of("/etc/hosts")).replaceFirst("\n$", ""));
    }

    @Test
    void filesOfThePod() {
        pod =
                node.pod("files")
                        .setDnsConfig(
                                DNSConfig.newBuilder()
                                        .addServers("10.96.0.10")
                                        .addSearches("svc.local")
                                        .addOptions("ndots:5"))
                        .setLinux(LinuxPodSandboxConfig.getDefaultInstance())
                        .build();
        String podId = node.kubelet().runPod(pod);
        String one = start(podId, "one", NamespaceMode.CONTAINER, "");
        String two = start(podId, "two", NamespaceMode.CONTAINER, "");

        assertThat(out(one, "cat /etc/resolv.conf"))
                .isEqualTo("search svc.local\nnameserver 10.96.0.10\noptions ndots:5");
        assertThat(out(one, "cat /etc/hostname; hostname")).isEqualTo("files\nfiles");
        assertThat(out(one, "grep -c localhost /etc/hosts")).isEqualTo("2");
        out(one, "echo shared > /dev/shm/file");
        assertThat(out(two, "cat /dev/shm/file; stat -c %a /dev/shm")).isEqualTo("shared\n1777");
        assertThat(out(two, "dd if=/dev/zero of=/dev/shm/big bs=1M count=100 2>&1 | grep -c space"))
                .isEqualTo("1");
    }

    private String runPod(NamespaceMode pid) {
        NamespaceOption options = NamespaceOption.newBuilder().setPid(pid).build();
        pod = node.pod("shared").setLinux(LinuxConfigs.podWithNamespaces(options)).build();
        return node.kubelet().runPod(pod);
    }

    private String start(String podId, String name, NamespaceMode pid, String target) {
        return node.kubelet().run(podId, pod, container(name, pid, target));
    }

    private static ContainerConfig container(String name, NamespaceMode pid, String target) {
        NamespaceOption options =
                NamespaceOption.newBuilder().setPid(pid).setTargetId(target).build();
        return node.container(name, "sleep", "7171")
                .setLinux(LinuxConfigs.withNamespaces(options))
                .build();
    }

    /** What a script prints in the container, without the last line's end. */
    private static String out(String id, String script) {
        return node.kubelet()
                .exec(id, "sh", "-c", script)
                .getStdout()
                .toStringUtf8()
                .replaceFirst("\n$", "");
    }
}
