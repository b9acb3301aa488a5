package carafe.e2e;

import static carafe.e2e.LimitRequests.MIB;
import static carafe.e2e.LimitRequests.limited;
import static carafe.e2e.LimitRequests.memory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerStatus;
import carafe.proto.cri.IDMapping;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.LinuxSandboxSecurityContext;
import carafe.proto.cri.NamespaceMode;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.UserNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Who is in a pod's cgroup and who is not, and whom the kernel kills there. */
@Timeout(180)
final class PodCgroupIT {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @RegisterExtension static final Node node = new Node();

    @Test
    void aChildsOutOfMemoryDeathIsNotTheContainers() throws InterruptedException {
        // tail keeps all of a line that never ends.
        String script = "tail /dev/zero; echo survived; exit 3";
        PodSandboxConfig pod = node.pod("child-oom").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                limited(node, "main", memory(16 * MIB), "sh", "-c", script));
        String killed =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                limited(
                                        node,
                                        "killed",
                                        memory(16 * MIB),
                                        "sh",
                                        "-c",
                                        "tail /dev/zero; touch /dead; sleep 100"));

        ContainerStatus status = node.kubelet().awaitExit(id, Duration.ofSeconds(20));
        assertThat(status.getReason()).isEqualTo("Error");
        assertThat(status.getExitCode()).isEqualTo(3);
        awaitFile(killed, "/dead");
        node.kubelet().stop(killed, 0);
        assertThat(node.kubelet().status(killed).getReason()).isEqualTo("Error");
        assertThat(node.kubelet().status(killed).getExitCode()).isEqualTo(137);
    }

    @Test
    void aPodsOutOfMemorySparesTheShims() throws IOException, InterruptedException {
        PodSandboxConfig pod =
                node.pod("pod-oom")
                        .setLinux(LinuxPodSandboxConfig.newBuilder().setResources(memory(24 * MIB)))
                        .build();
        String podId = node.kubelet().runPod(pod);
        for (int i = 0; i < 5; i++) {
            String id =
                    node.kubelet()
                            .run(
                                    podId,
                                    pod,
                                    node.container("hog" + i, "tail", "/dev/zero").build());
            ContainerStatus status = node.kubelet().awaitExit(id, Duration.ofSeconds(20));
            assertThat(status.getReason()).isEqualTo("OOMKilled");
        }
        String bystander =
                node.kubelet().run(podId, pod, node.container("after", "sleep", "100").build());
        assertThat(node.kubelet().exec(bystander, "true").getExitCode()).isZero();
        assertThat(node.kubelet().podStatus(podId).getStateValue()).isZero();
        assertThat(shimsOutside()).isEmpty();
    }

    /**
     * P07: in the pod's cgroup, whatever annotations say; those of CDI apart, they change nothing.
     */
    @Test
    @ShimOnly("runc makes no user namespace with a mapped root file system")
    void annotationsChangeNothing() throws IOException {
        annotate(NamespaceOption.getDefaultInstance());
        IDMapping ids = IDMapping.newBuilder().setHostId(300_000).setLength(65_536).build();
        UserNamespace user =
                UserNamespace.newBuilder()
                        .setMode(NamespaceMode.POD)
                        .addUids(ids)
                        .addGids(ids)
                        .build();
        annotate(NamespaceOption.newBuilder().setUsernsOptions(user).build());
    }

    private static void annotate(NamespaceOption namespaces) throws IOException {
        PodSandboxConfig.Builder asked =
                node.pod("annotated" + namespaces.hasUsernsOptions())
                        .setLinux(
                                LinuxPodSandboxConfig.newBuilder()
                                        .setSecurityContext(
                                                LinuxSandboxSecurityContext.newBuilder()
                                                        .setNamespaceOptions(namespaces)));
        String parent = node.instance().podsCgroup() + "/given" + namespaces.hasUsernsOptions();
        asked.getLinuxBuilder().setCgroupParent(parent);
        PodSandboxConfig pod = asked.build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig.Builder plain = node.container("plain", "sleep", "1000");
        plain.getLinuxBuilder().getSecurityContextBuilder().setNamespaceOptions(namespaces);
        plain.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(64 << 20);
        JsonNode without = configOf(node.kubelet().create(podId, pod, plain.build()));
        plain.putAllAnnotations(annotations());
        plain.getMetadataBuilder().setName("annotated");
        String id = node.kubelet().create(podId, pod, plain.build());
        JsonNode with = configOf(id);

        assertThat(without(with)).isEqualTo(without(without));
        assertThat(with.path("linux").path("cgroupsPath").asString()).startsWith(parent + "/");
        assertThat(
                        CgroupFiles.of(parent + "/" + id)
                                .value("memory", "memory.limit_in_bytes", "memory.max"))
                .isEqualTo(Integer.toString(64 << 20));
    }

    /** 200 of them, some of which mean something to others. */
    private static Map<String, String> annotations() {
        Map<String, String> all = new HashMap<>();
        Random random = new Random(7);
        for (String known :
                List.of(
                        "io.kubernetes.cri-o.userns-mode",
                        "io.kubernetes.cri-o.cgroup2-mount-hierarchy-rw",
                        "io.kubernetes.cri-o.Devices",
                        "org.systemd.property.ExecStart",
                        "run.oci.hooks.stderr",
                        "run.oci.handler",
                        "cpu-quota.crio.io",
                        "io.containerd.runc.v2.group",
                        "io.kubernetes.cri.untrusted-workload")) {
            all.put(known, "vendor.com/device=/dev/mem");
        }
        while (all.size() < 200) {
            all.put("a" + random.nextInt(1 << 30) + "/x", "y" + random.nextLong());
        }
        return all;
    }

    @Test
    void annotationsAndParentsDecideNothingButTheCgroup() throws IOException {
        String parent = node.instance().podsCgroup() + "/pod-x";
        PodSandboxConfig.Builder pod = node.pod("parent");
        pod.setLinux(LinuxPodSandboxConfig.newBuilder().setCgroupParent(parent));
        ContainerConfig.Builder container =
                limited(node, "main", memory(64 * MIB), "sleep", "100").toBuilder();
        for (String key :
                new String[] {
                    "io.kubernetes.cri-o.Devices",
                    "org.systemd.property.MemoryMax",
                    "cpu-quota.crio.io",
                    "carafe.cgroup_parent",
                    "run.oci.systemd.subgroup"
                }) {
            pod.putAnnotations(key, "/");
            container.putAnnotations(key, "infinity");
        }
        PodSandboxConfig built = pod.build();
        String podId = node.kubelet().runPod(built);
        String id = node.kubelet().run(podId, built, container.build());

        assertThat(CgroupFiles.of(node, id).path()).isEqualTo(parent + "/" + id);
        assertThat(CgroupFiles.of(node, id).value("memory", "memory.limit_in_bytes", "memory.max"))
                .isEqualTo(String.valueOf(64 * MIB));
        PodSandboxConfig slice =
                node.pod("slice")
                        .setLinux(LinuxPodSandboxConfig.newBuilder().setCgroupParent("a.slice"))
                        .build();
        assertThatThrownBy(() -> node.kubelet().runPod(slice))
                .hasMessageContaining("systemd slice")
                .hasMessageContaining("cgroupDriver");
    }

    /** Shims of the instance that are in the cgroup of a pod. */
    private static List<String> shimsOutside() throws IOException {
        Path run = node.instance().state();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(each -> each.getFileName().toString().matches("[0-9]+"))
                    .filter(each -> text(each.resolve("comm")).equals("carafe-shim"))
                    .filter(each -> isBelow(each, run))
                    .map(each -> text(each.resolve("cgroup")))
                    .filter(text -> text.contains(node.instance().podsCgroup()))
                    .toList();
        }
    }

    private static boolean isBelow(Path process, Path directory) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).startsWith(directory);
        } catch (IOException e) {
            return false;
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static void awaitFile(String id, String path) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (node.kubelet().exec(id, "test", "-e", path).getExitCode() != 0) {
            assertThat(System.nanoTime()).as("waiting for %s", path).isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** The OCI configuration of a container that was created. */
    private static JsonNode configOf(String id) throws IOException {
        Path file =
                node.instance().state().resolve("containers").resolve(id).resolve("config.json");
        return JSON.readTree(Files.readString(file).replace(id, "ID"));
    }

    private static JsonNode without(JsonNode config) {
        ObjectNode bare = (ObjectNode) config.deepCopy();
        bare.remove("annotations");
        return bare;
    }
}
