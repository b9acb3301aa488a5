package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import carafe.proto.cri.Capability;
import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.Int64Value;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerResources;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.LinuxSandboxSecurityContext;
import carafe.proto.cri.NamespaceMode;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.SecurityProfile;
import carafe.proto.cri.SupplementalGroupsPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The isolation probe: one program tells what it is, sees and may do, as a container's first
 * process, by ExecSync and by exec on a terminal. All three must say the same, and it must be what
 * was asked for.
 */
@Timeout(120)
final class ProbeIT {
    private static final long DEFAULT_CAPABILITIES = 0xa80425fbL;
    private static final long NET_BIND_SERVICE = 1L << 10;
    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EACCES = 13;
    private static final int EROFS = 30;
    private static final int ENOSYS = 38;
    private static final int EAFNOSUPPORT = 97;

    @RegisterExtension static final Node node = new Node();

    private static String image = "";

    /** What the context promises beside that all three agree. */
    record Promise(long bounding, long ambient, boolean filtered, boolean ownCgroups) {
        static Promise ordinary(boolean filtered) {
            return new Promise(DEFAULT_CAPABILITIES, 0, filtered, true);
        }
    }

    @BeforeAll
    static void pullImage() throws IOException, InterruptedException {
        image = node.images().probe();
        node.kubelet().pull(image);
    }

    static Stream<Arguments> contexts() throws IOException {
        NamespaceOption own = namespaces(NamespaceMode.CONTAINER, NamespaceMode.POD);
        NamespaceOption node = namespaces(NamespaceMode.NODE, NamespaceMode.NODE);
        NamespaceOption pod = namespaces(NamespaceMode.POD, NamespaceMode.POD);
        long all = capabilitiesOfTheDaemon();
        return Stream.of(
                arguments("nothing said", own, context(), Promise.ordinary(false)),
                arguments("root", own, filtered(), Promise.ordinary(true)),
                arguments(
                        "root, no new privileges",
                        own,
                        filtered().setNoNewPrivs(true),
                        Promise.ordinary(true)),
                arguments(
                        "uid 1000", own, filtered().setRunAsUser(id(1000)), Promise.ordinary(true)),
                arguments(
                        "uid 1000, no new privileges",
                        own,
                        filtered().setRunAsUser(id(1000)).setNoNewPrivs(true),
                        Promise.ordinary(true)),
                arguments(
                        "nothing allowed, the pod's PIDs",
                        pod,
                        filtered()
                                .setCapabilities(
                                        Capability.newBuilder().addDropCapabilities("ALL")),
                        new Promise(0, 0, true, true)),
                arguments(
                        "everything added",
                        own,
                        filtered()
                                .setCapabilities(Capability.newBuilder().addAddCapabilities("ALL")),
                        new Promise(all, 0, true, true)),
                arguments(
                        "everything added, uid 1000",
                        own,
                        context()
                                .setRunAsUser(id(1000))
                                .setCapabilities(Capability.newBuilder().addAddCapabilities("ALL")),
                        new Promise(all, 0, false, true)),
                arguments(
                        "ambient, uid 1000",
                        own,
                        filtered()
                                .setRunAsUser(id(1000))
                                .setCapabilities(
                                        Capability.newBuilder()
                                                .addAddAmbientCapabilities("NET_BIND_SERVICE")),
                        new Promise(DEFAULT_CAPABILITIES, NET_BIND_SERVICE, true, true)),
                arguments(
                        "groups, read-only root",
                        own,
                        filtered()
                                .setRunAsUser(id(1000))
                                .setRunAsGroup(id(2000))
                                .addSupplementalGroups(3000)
                                .setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Strict)
                                .setReadonlyRootfs(true),
                        Promise.ordinary(true)),
                arguments("the node's namespaces", node, filtered(), Promise.ordinary(true)),
                arguments(
                        "privileged",
                        own,
                        context().setPrivileged(true),
                        new Promise(all, 0, false, false)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("contexts")
    void initExecAndTerminalExecAreTheSame(
            String name,
            NamespaceOption namespaces,
            LinuxContainerSecurityContext.Builder security,
            Promise promise)
            throws IOException, InterruptedException {
        PodSandboxConfig pod = pod(namespaces, security.getPrivileged());
        String podId = node.kubelet().runPod(pod);
        ContainerConfig config = container(security.setNamespaceOptions(namespaces));
        String id = node.kubelet().run(podId, pod, config);
        ProbeReport init = ProbeReport.parse(Logs.firstLine(pod, "probe"));
        ProbeReport exec =
                ProbeReport.parse(node.kubelet().exec(id, "/probe").getStdout().toStringUtf8());
        ProbeReport terminal =
                ProbeReport.parse(new ShimExec(node.instance()).onTerminal(id, "/probe"));
        // Not the probe's own word: its runtime blocks a signal. Nor a shell, which ignores one.
        String[] signals = {"grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"};

        assertThat(exec.isolation()).isEqualTo(init.isolation());
        assertThat(terminal.isolation()).isEqualTo(init.isolation());
        assertThat(init.descriptors()).containsExactly("0", "1", "2");
        assertThat(node.kubelet().exec(id, signals).getStdout().toStringUtf8())
                .isEqualTo("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
        assertCredentials(init, security, promise);
        assertSurroundings(init, namespaces, promise);
        assertCalls(init, promise);
    }

    private static void assertCredentials(
            ProbeReport init, LinuxContainerSecurityContext.Builder security, Promise promise) {
        boolean root = !security.hasRunAsUser();
        assertThat(init.status("Uid")).isEqualTo(root ? "0\t0\t0\t0" : "1000\t1000\t1000\t1000");
        assertThat(init.mask("CapBnd")).isEqualTo(promise.bounding());
        assertThat(init.mask("CapAmb")).isEqualTo(promise.ambient());
        assertThat(init.mask("CapInh")).isEqualTo(promise.ambient());
        assertThat(init.mask("CapEff")).isEqualTo(root ? promise.bounding() : promise.ambient());
        assertThat(init.mask("CapPrm")).isEqualTo(root ? promise.bounding() : promise.ambient());
        assertThat(init.status("NoNewPrivs")).isEqualTo(security.getNoNewPrivs() ? "1" : "0");
        assertThat(init.status("Seccomp")).isEqualTo(promise.filtered() ? "2" : "0");
        if (security.getSupplementalGroupsCount() > 0) {
            assertThat(init.status("Groups")).isEqualTo("2000 3000");
        }
    }

    private static void assertSurroundings(
            ProbeReport init, NamespaceOption namespaces, Promise promise) throws IOException {
        assertThat(init.text("root")).isEqualTo("/");
        assertThat(init.text("oom_score_adj")).isEqualTo("321\n");
        assertThat(init.text("limits").replaceAll(" +", " "))
                .contains("Max open files %1$d %1$d files".formatted(openFiles()));
        for (String type : List.of("mnt", "pid", "net", "ipc", "uts", "cgroup")) {
            boolean nodes =
                    switch (type) {
                        case "pid" -> namespaces.getPid() == NamespaceMode.NODE;
                        case "net", "ipc", "uts" -> namespaces.getNetwork() == NamespaceMode.NODE;
                        case "cgroup" -> !promise.ownCgroups();
                        default -> false;
                    };
            String host = Files.readSymbolicLink(Path.of("/proc/self/ns", type)).toString();
            assertThat(init.namespace(type).equals(host)).as(type).isEqualTo(nodes);
        }
        if (promise.ownCgroups()) {
            assertThat(init.cgroups()).isNotEmpty().allMatch(line -> line.endsWith(":/"));
        }
        assertThat(init.text("mountinfo"))
                .doesNotContain(node.instance().dir().resolve("root").toString());
    }

    private static void assertCalls(ProbeReport init, Promise promise) {
        assertThat(init.write("/dev/null")).isZero();
        if (promise.ownCgroups()) {
            assertThat(init.write("/proc/sys/kernel/core_pattern")).isIn(EROFS, EACCES);
            assertThat(init.write("/proc/sysrq-trigger")).isIn(EROFS, EACCES, ENOENT);
        }
        if (!promise.filtered()) {
            return;
        }
        assertThat(init.call("of_tomorrow")).isEqualTo(ENOSYS);
        assertThat(init.call("socket_alg")).isIn(EPERM, EAFNOSUPPORT);
        assertThat(init.call("socket_vsock")).isIn(EPERM, EAFNOSUPPORT);
        assertThat(init.call("io_uring_setup")).isEqualTo(EPERM);
        assertThat(init.call("userfaultfd")).isEqualTo(EPERM);
        assertThat(init.call("kexec_load")).isEqualTo(EPERM);
        if (promise.bounding() == DEFAULT_CAPABILITIES || promise.bounding() == 0) {
            for (String call : List.of("mount", "unshare", "setns", "bpf", "keyctl", "add_key")) {
                assertThat(init.call(call)).as(call).isEqualTo(EPERM);
            }
            assertThat(init.call("clone3")).isEqualTo(ENOSYS);
        }
    }

    private static PodSandboxConfig pod(NamespaceOption namespaces, boolean privileged) {
        LinuxSandboxSecurityContext security =
                LinuxSandboxSecurityContext.newBuilder()
                        .setNamespaceOptions(namespaces)
                        .setPrivileged(privileged)
                        .build();
        PodSandboxConfig.Builder pod = node.pod("probe");
        if (namespaces.getNetwork() == NamespaceMode.NODE) {
            pod.clearHostname();
        }
        return pod.setLinux(LinuxPodSandboxConfig.newBuilder().setSecurityContext(security))
                .build();
    }

    private static ContainerConfig container(LinuxContainerSecurityContext.Builder security) {
        return node.container("probe", "/probe", "stay")
                .setImage(ImageSpec.newBuilder().setImage(image))
                .setLinux(
                        LinuxContainerConfig.newBuilder()
                                .setResources(
                                        LinuxContainerResources.newBuilder().setOomScoreAdj(321))
                                .setSecurityContext(security))
                .build();
    }

    private static LinuxContainerSecurityContext.Builder context() {
        // As kubelet sends them: with a context, lists that are empty mean none.
        return LinuxContainerSecurityContext.newBuilder()
                .addAllMaskedPaths(List.of("/proc/keys", "/proc/timer_list", "/sys/firmware"))
                .addAllReadonlyPaths(
                        List.of(
                                "/proc/bus",
                                "/proc/fs",
                                "/proc/irq",
                                "/proc/sys",
                                "/proc/sysrq-trigger"));
    }

    private static LinuxContainerSecurityContext.Builder filtered() {
        return context()
                .setSeccomp(
                        SecurityProfile.newBuilder()
                                .setProfileType(SecurityProfile.ProfileType.RuntimeDefault));
    }

    private static NamespaceOption namespaces(NamespaceMode pid, NamespaceMode others) {
        return NamespaceOption.newBuilder().setPid(pid).setNetwork(others).setIpc(others).build();
    }

    private static Int64Value id(long value) {
        return Int64Value.newBuilder().setValue(value).build();
    }

    /** What containers usually get, or what the daemon may give; never what a JVM made of it. */
    private static long openFiles() throws IOException {
        String hard =
                Files.readAllLines(Path.of("/proc/self/limits")).stream()
                        .filter(line -> line.startsWith("Max open files"))
                        .map(line -> line.split(" +", -1)[4])
                        .findFirst()
                        .orElseThrow();
        return hard.equals("unlimited") ? 1 << 20 : Math.min(1 << 20, Long.parseLong(hard));
    }

    /** The daemon is started by this process and can hand on no more than it has. */
    private static long capabilitiesOfTheDaemon() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapBnd:"))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .findFirst()
                .orElseThrow();
    }
}
