package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.CgroupDriver;
import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerResources;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.RuntimeConfigRequest;
import carafe.proto.cri.UpdatePodSandboxResourcesRequest;
import carafe.testkit.daemon.Instance;
import carafe.testkit.systemd.ScriptedSystemd;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The whole daemon with driver systemd; only systemd itself is a script, the cgroups are real. */
@Timeout(180)
@ShimOnly("runc enters the hierarchy of systemd, which the scripted bus does not clean up")
final class SystemdDriverIT {
    @RegisterExtension static final Node node = new Node(SystemdDriverIT::prepare);

    private static @Nullable ScriptedSystemd systemd;

    private static List<String> prepare(Instance instance) throws IOException {
        Path socket = instance.scratch().resolve("bus");
        systemd = new ScriptedSystemd(socket, new ScopesOnThisMachine());
        return List.of(
                "--cgroup-driver",
                "systemd",
                "--systemd-bus",
                socket.toString(),
                "--shims-cgroup",
                "/" + instance.name() + "/shims");
    }

    private static ScriptedSystemd systemd() {
        return java.util.Objects.requireNonNull(systemd);
    }

    @AfterEach
    void heal() {
        systemd().heal();
    }

    @Test
    void aPodsLifeInAScopeOfASlice() throws IOException {
        assertThat(
                        node.client()
                                .runtime()
                                .runtimeConfig(RuntimeConfigRequest.getDefaultInstance())
                                .getLinux()
                                .getCgroupDriver())
                .isEqualTo(CgroupDriver.SYSTEMD);
        String top = node.instance().name() + "-pods";
        PodSandboxConfig pod = pod(top + "-podx.slice");
        String podId = node.kubelet().runPod(pod);
        ContainerConfig container =
                node.container("main", "sleep", "100")
                        .setLinux(
                                LinuxContainerConfig.newBuilder()
                                        .setResources(
                                                LinuxContainerResources.newBuilder()
                                                        .setMemoryLimitInBytes(64 << 20)))
                        .build();
        String id = node.kubelet().run(podId, pod, container);

        String scope = "carafe-" + podId + ".scope";
        assertThat(systemd().scopes()).contains(scope);
        CgroupFiles files = CgroupFiles.of(node, id);
        String name = node.instance().name();
        assertThat(files.path())
                .isEqualTo(
                        "/%s.slice/%s-pods.slice/%s-pods-podx.slice/%s/%s"
                                .formatted(name, name, name, scope, id));
        assertThat(files.value("memory", "memory.limit_in_bytes", "memory.max"))
                .isEqualTo(String.valueOf(64 << 20));
        assertThat(node.kubelet().exec(id, "true").getExitCode()).isZero();
        holderIsOutOfReachOfThePodsLimit(podId);

        node.client()
                .runtime()
                .updatePodSandboxResources(
                        UpdatePodSandboxResourcesRequest.newBuilder()
                                .setPodSandboxId(podId)
                                .setResources(
                                        LinuxContainerResources.newBuilder().setCpuShares(512))
                                .build());
        assertThat(systemd().calls().getLast().member()).isEqualTo("SetUnitProperties");
        node.kubelet().stopPod(podId);
        node.kubelet().removePod(podId);
        assertThat(systemd().scopes()).doesNotContain(scope);
    }

    /** In its scope, for systemd; not in its memory cgroup, for the pod's OOM killer. */
    private static void holderIsOutOfReachOfThePodsLimit(String podId) throws IOException {
        String pid =
                Files.readString(
                                node.instance()
                                        .state()
                                        .resolve("pods")
                                        .resolve(podId)
                                        .resolve("pid"))
                        .strip()
                        .split("\\s", 2)[0];
        String places = Files.readString(Path.of("/proc", pid, "cgroup"));
        if (places.contains(":memory:")) {
            assertThat(places.lines().filter(line -> line.contains(":memory:")))
                    .singleElement()
                    .satisfies(line -> assertThat(line).doesNotContain("carafe-" + podId));
        }
        assertThat(places.lines().filter(line -> line.startsWith("0::")))
                .allSatisfy(line -> assertThat(line).contains("carafe-" + podId));
    }

    @Test
    void annotationsNeverReachSystemd() {
        PodSandboxConfig.Builder pod = pod(node.instance().name() + "-pods-p12.slice").toBuilder();
        pod.putAnnotations("org.systemd.property.ExecStart", "'/bin/sh'");
        pod.putAnnotations("org.systemd.property.MemoryMax", "uint64 1");
        String podId = node.kubelet().runPod(pod.build());

        assertThat(systemd().calls().stream().filter(c -> c.member().equals("StartTransientUnit")))
                .last()
                .satisfies(call -> {
                    assertThat(call.body().getFirst()).isEqualTo("carafe-" + podId + ".scope");
                    assertThat(names(call.body().get(2)))
                            .containsExactly(
                                    "Description",
                                    "Slice",
                                    "PIDs",
                                    "Delegate",
                                    "DefaultDependencies",
                                    "CollectMode",
                                    "CPUAccounting",
                                    "MemoryAccounting",
                                    "TasksAccounting",
                                    "IOAccounting");
                });
        for (String hostile :
                new String[] {
                    "a.slice\nMemoryMax=1", "/x/../y", "a--b.slice", "/b.slice/a.slice"
                }) {
            assertThatThrownBy(() -> node.kubelet().runPod(pod(hostile)))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("INVALID_ARGUMENT");
        }
    }

    @Test
    void aSystemdThatRefusesLeavesNothing() {
        systemd()
                .fail(
                        "StartTransientUnit",
                        new ScriptedSystemd.Fault.Refusal("org.x.No", "the script says no"));
        PodSandboxConfig pod = pod(node.instance().name() + "-pods-no.slice");
        assertThatThrownBy(() -> node.kubelet().runPod(pod))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("the script says no");
        systemd().heal();
        systemd().jobsEnd("failed");
        assertThatThrownBy(() -> node.kubelet().runPod(pod)).hasMessageContaining("failed");
        systemd().heal();
        node.kubelet().runPod(pod);
    }

    private static PodSandboxConfig pod(String parent) {
        return node.pod("scoped")
                .setLinux(LinuxPodSandboxConfig.newBuilder().setCgroupParent(parent))
                .build();
    }

    private static List<String> names(Object properties) {
        return ((List<?>) properties)
                .stream().map(each -> (String) ((List<?>) each).getFirst()).toList();
    }
}
