package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerStatus;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.LinuxContainerResources;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.LinuxSandboxSecurityContext;
import carafe.proto.cri.NamespaceMode;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.daemon.ShimProcess;
import carafe.testkit.image.TarBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The daemon and its shims are out of their containers' reach. */
@Timeout(120)
final class NodeGuardIT {
    private static final Duration END = Duration.ofSeconds(30);

    @RegisterExtension static final Node node = new Node();

    /** P08, in short. */
    @Test
    void theShimOutlivesItsPodsMemory() throws IOException, InterruptedException {
        eatThePodsMemory(4);
    }

    /** P08. */
    @Tag("security")
    @Test
    @Timeout(900)
    void theShimOutlivesItsPodsMemoryAHundredTimes() throws IOException, InterruptedException {
        eatThePodsMemory(100);
    }

    /** Only the pod has a limit, as kubelet sets it; the other container's shim must live on. */
    private static void eatThePodsMemory(int rounds) throws IOException, InterruptedException {
        String parent = node.instance().podsCgroup() + "/limited";
        PodSandboxConfig pod =
                node.pod("eater")
                        .setLinux(
                                LinuxPodSandboxConfig.newBuilder()
                                        .setCgroupParent(parent)
                                        .setResources(
                                                LinuxContainerResources.newBuilder()
                                                        .setMemoryLimitInBytes(24 << 20)))
                        .build();
        String podId = node.kubelet().runPod(pod);
        limitMemory(parent, 24 << 20);
        ContainerConfig steady = node.container("steady", "sleep", "4242").build();
        String steadyId = node.kubelet().run(podId, pod, steady);
        for (ShimProcess shim : ShimProcess.of(node.instance())) {
            String cgroups = Files.readString(Path.of("/proc/%d/cgroup".formatted(shim.pid())));
            assertThat(cgroups).doesNotContain(node.instance().podsCgroup());
        }
        for (int i = 0; i < rounds; i++) {
            ContainerConfig eater = node.container("eater", "tail", "/dev/zero").build();
            String id = node.kubelet().run(podId, pod, eater);
            ContainerStatus status = node.kubelet().awaitExit(id, END);
            assertThat(status.getReason()).isEqualTo("OOMKilled");
            assertThat(status.getExitCode()).isEqualTo(137);
            assertThat(node.kubelet().exec(steadyId, "true").getExitCode()).isZero();
            node.kubelet().remove(id);
        }
    }

    private static void limitMemory(String cgroup, long bytes) throws IOException {
        Path v1 = Path.of("/sys/fs/cgroup/memory" + cgroup, "memory.limit_in_bytes");
        Path v2 = Path.of("/sys/fs/cgroup" + cgroup, "memory.max");
        Files.writeString(Files.exists(v1) ? v1 : v2, Long.toString(bytes));
    }

    /** D01: no shim or daemon can be reached from a container that shares the node's network. */
    @Test
    void noSocketOfTheDaemonIsInReach() throws IOException {
        PodSandboxConfig pod = hostNetworkPod();
        ContainerConfig container = node.container("near", "sleep", "1000").build();
        String id = node.kubelet().run(node.kubelet().runPod(pod), pod, container);

        String sockets =
                node.kubelet().exec(id, "cat", "/proc/net/unix").getStdout().toStringUtf8();
        assertThat(sockets.lines()).noneMatch(line -> line.contains("@carafe"));
        Set<Long> ours = new TreeSet<>();
        for (ShimProcess shim : ShimProcess.of(node.instance())) {
            ours.addAll(socketsOf(shim.pid()));
        }
        ours.addAll(socketsOf(node.daemon().pid()));
        assertThat(ours).isNotEmpty();
        for (String line : sockets.lines().skip(1).toList()) {
            String[] fields = line.strip().split(" +", 8);
            if (fields.length == 8 && ours.contains(Long.parseLong(fields[6]))) {
                assertThat(fields[7]).as("an abstract socket").doesNotStartWith("@");
            }
        }
        String socket = node.instance().socket().toString();
        assertThat(node.kubelet().exec(id, "ls", socket).getExitCode()).isNotZero();
    }

    private static Set<Long> socketsOf(long pid) throws IOException {
        Set<Long> inodes = new TreeSet<>();
        try (Stream<Path> all = Files.list(Path.of("/proc/%d/fd".formatted(pid)))) {
            for (Path each : all.toList()) {
                String target = Files.isSymbolicLink(each) ? link(each) : "";
                if (target.startsWith("socket:[")) {
                    inodes.add(Long.parseLong(target.substring(8, target.length() - 1)));
                }
            }
        }
        return inodes;
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static PodSandboxConfig hostNetworkPod() {
        NamespaceOption host = NamespaceOption.newBuilder().setNetwork(NamespaceMode.NODE).build();
        return node.pod("near")
                .clearHostname()
                .setLinux(
                        LinuxPodSandboxConfig.newBuilder()
                                .setSecurityContext(
                                        LinuxSandboxSecurityContext.newBuilder()
                                                .setNamespaceOptions(host)))
                .build();
    }

    /** J02: a signal that JVM threads block reaches a container. */
    @Test
    void sigquitReachesTheContainer() throws IOException, InterruptedException {
        try (ForgedImages forged = ForgedImages.serve()) {
            String image =
                    forged.pull(
                            node,
                            "{\"Env\":[\"PATH=/bin\"],\"StopSignal\":\"SIGQUIT\"}",
                            new TarBuilder().dir("x"));
            PodSandboxConfig pod = node.pod("quit").build();
            ContainerConfig container =
                    node.container(
                                    "quit",
                                    "sh",
                                    "-c",
                                    "trap 'exit 7' QUIT; echo up; while :; do sleep 0.1; done")
                            .setImage(ImageSpec.newBuilder().setImage(image))
                            .build();
            String id = node.kubelet().run(node.kubelet().runPod(pod), pod, container);
            assertThat(Logs.firstLine(pod, "quit")).isEqualTo("up");
            node.kubelet().stop(id, 30);

            assertThat(node.kubelet().status(id).getExitCode()).isEqualTo(7);
            forged.removePulled(node);
        }
    }

    /** J05, in short. */
    @Test
    void noThreadOfTheDaemonIsInAForeignNamespace() throws IOException, InterruptedException {
        livePods(20);
    }

    /** J05. */
    @Tag("security")
    @Test
    @Timeout(1200)
    void noThreadOfTheDaemonIsInAForeignNamespaceAfterAThousandPods()
            throws IOException, InterruptedException {
        livePods(1000);
    }

    private static void livePods(int pods) throws IOException, InterruptedException {
        for (int i = 0; i < pods; i++) {
            PodSandboxConfig pod = node.pod("ns").build();
            String podId = node.kubelet().runPod(pod);
            String id = node.kubelet().run(podId, pod, node.container("ns", "true").build());
            node.kubelet().awaitExit(id, END);
            node.kubelet().stopPod(podId);
            node.kubelet().removePod(podId);
        }
        Set<String> host = namespaces(Path.of("/proc/self/ns"));
        Path tasks = Path.of("/proc/%d/task".formatted(node.daemon().pid()));
        try (Stream<Path> threads = Files.list(tasks)) {
            List<Path> all = threads.toList();
            assertThat(all).hasSizeGreaterThan(5);
            for (Path thread : all) {
                Set<String> its = namespaces(thread.resolve("ns"));
                assertThat(its.isEmpty() ? host : its).as(thread.toString()).isEqualTo(host);
            }
        }
    }

    private static Set<String> namespaces(Path dir) {
        Set<String> found = new TreeSet<>();
        for (String name : List.of("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")) {
            String target = link(dir.resolve(name));
            if (!target.isEmpty()) {
                found.add(target);
            }
        }
        return found;
    }
}
