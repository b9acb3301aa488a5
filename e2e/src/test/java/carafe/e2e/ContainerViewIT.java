package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerStatus;
import carafe.proto.cri.Int64Value;
import carafe.proto.cri.KeyValue;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerResources;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.Mount;
import carafe.proto.cri.PodSandboxConfig;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a container sees from inside: its own things, and nothing of the node. */
@Timeout(60)
@ParameterizedClass
@MethodSource("carafe.e2e.RuntimeHandlers#all")
final class ContainerViewIT {
    /** The fourteen capabilities of a container that asks for nothing. */
    private static final String DEFAULT_CAPABILITIES = "00000000a80425fb";

    @RegisterExtension static final Node node = RuntimeHandlers.node();

    ContainerViewIT(String handler) {
        node.use(handler);
    }

    @Test
    void itsOwnNamespaces() throws IOException {
        String id = run(_ -> {});

        for (String name : new String[] {"pid", "mnt", "uts", "ipc", "net", "cgroup"}) {
            String host = Files.readSymbolicLink(Path.of("/proc/self/ns", name)).toString();
            assertThat(out(id, "readlink /proc/1/ns/" + name)).isNotEqualTo(host);
        }
        assertThat(out(id, "hostname")).isEqualTo("view");
        assertThat(out(id, "sed 's/.*://' /proc/self/cgroup | sort -u")).isEqualTo("/");
        assertThat(out(id, "tr '\\0' ' ' < /proc/1/cmdline")).isEqualTo("sleep 100 ");
    }

    @Test
    void noDescriptorOfTheNode() {
        String id = run(_ -> {});

        assertThat(out(id, "ls /proc/1/fd | sort -n | tr '\\n' ' '")).isEqualTo("0 1 2 ");
        // The fourth is the directory that ls reads.
        assertThat(out(id, "ls /proc/self/fd | sort -n | tr '\\n' ' '")).isEqualTo("0 1 2 3 ");
    }

    @Test
    void defaultCapabilitiesForInitAndExecAlike() {
        String id = run(_ -> {});

        String script = "grep -h -E 'Cap(Prm|Eff|Bnd)|NoNewPrivs' /proc/%s/status | sort";
        String init = out(id, script.formatted("1"));
        assertThat(init).contains("CapBnd:\t" + DEFAULT_CAPABILITIES);
        assertThat(out(id, script.formatted("self"))).isEqualTo(init);
    }

    @Test
    void userAndGroupsOfTheImagesFiles() {
        String id =
                run(container ->
                        container.setLinux(
                                security(
                                        LinuxContainerSecurityContext.newBuilder()
                                                .setRunAsUsername("app")
                                                .addSupplementalGroups(3000))));

        assertThat(out(id, "id -u; id -g; id -G | tr ' ' '\\n' | sort -n | tr '\\n' ' '"))
                .isEqualTo("1000\n1000\n1000 2000 3000 ");
        assertThat(out(id, "grep CapEff /proc/1/status")).isEqualTo("CapEff:\t0000000000000000");
    }

    @Test
    void aNumberAsUserAndNoNewPrivileges() {
        String id =
                run(container ->
                        container.setLinux(
                                security(
                                        LinuxContainerSecurityContext.newBuilder()
                                                .setRunAsUser(
                                                        Int64Value.newBuilder().setValue(4242))
                                                .setNoNewPrivs(true))));

        assertThat(out(id, "id -u; grep NoNewPrivs /proc/1/status"))
                .isEqualTo("4242\nNoNewPrivs:\t1");
    }

    @Test
    void environmentBytesAsTheyAre() {
        ByteString bytes = ByteString.copyFrom(new byte[] {'a', ' ', (byte) 0xc3, (byte) 0xa4});
        String id =
                run(container ->
                        container.addEnvs(KeyValue.newBuilder().setKey("MINE").setValue(bytes)));

        assertThat(out(id, "printf %s \"$MINE\" | od -An -tx1 | tr -d ' '")).isEqualTo("6120c3a4");
        assertThat(out(id, "echo $IMAGE_SAYS")).isEqualTo("hello");
    }

    @Test
    void mountsReadOnlyAndWritable() throws IOException {
        Path dir = Files.createDirectories(node.instance().scratch().resolve("mount"));
        Files.writeString(dir.resolve("file"), "from the node");
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
        String id =
                run(container ->
                        container
                                .addMounts(mount(dir, "/writable").setReadonly(false))
                                .addMounts(mount(dir, "/new/dir").setReadonly(true)));

        assertThat(out(id, "cat /new/dir/file")).isEqualTo("from the node");
        assertThat(out(id, "touch /new/dir/x 2>&1; echo $?")).contains("Read-only").endsWith("1");
        assertThat(out(id, "touch /writable/x; echo $?")).isEqualTo("0");
        assertThat(dir.resolve("x")).exists();
    }

    @Test
    void aReadOnlyRootFileSystem() {
        String id =
                run(container ->
                        container.setLinux(
                                security(
                                        LinuxContainerSecurityContext.newBuilder()
                                                .setReadonlyRootfs(true))));

        assertThat(out(id, "touch /x 2>&1; echo $?")).contains("Read-only").endsWith("1");
        assertThat(out(id, "touch /dev/shm/x; echo $?")).isEqualTo("0");
    }

    @Test
    void hiddenAndReadOnlyPartsOfProc() {
        String id = run(_ -> {});

        assertThat(out(id, "wc -c < /proc/keys")).isEqualTo("0");
        assertThat(out(id, "ls /proc/acpi /sys/firmware 2>/dev/null | grep -v : | wc -w"))
                .isEqualTo("0");
        assertThat(out(id, "touch /proc/sys/kernel/x 2>&1; echo h > /proc/sysrq-trigger; echo $?"))
                .endsWith("1");
    }

    @Test
    void devicesThatEveryContainerHas() {
        String id = run(_ -> {});

        assertThat(out(id, "head -c 3 /dev/zero | od -An -tx1 | tr -d ' '")).isEqualTo("000000");
        assertThat(out(id, "head -c 4 /dev/urandom | wc -c")).isEqualTo("4");
        assertThat(out(id, "echo x > /dev/null; echo $?")).isEqualTo("0");
        assertThat(
                        out(
                                id,
                                "for i in full tty random pts ptmx shm mqueue fd stdin; do"
                                        + " [ -e /dev/$i ] || echo missing $i; done"))
                .isEqualTo("");
        assertThat(out(id, "ls /dev | grep -c -E '^(vda|sda|kmsg|mem|loop0)$'")).isEqualTo("0");
    }

    @Test
    void limitsAreInItsCgroup() throws IOException, InterruptedException {
        LinuxContainerResources resources =
                LinuxContainerResources.newBuilder()
                        .setMemoryLimitInBytes(64 << 20)
                        .setCpuPeriod(100_000)
                        .setCpuQuota(50_000)
                        .build();
        PodSandboxConfig pod = node.pod("limits").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig container =
                node.container("limits", "sleep", "1717")
                        .setLinux(LinuxContainerConfig.newBuilder().setResources(resources))
                        .build();
        node.kubelet().run(podId, pod, container);
        HostProcess process = HostProcess.find(node.instance(), "sleep", "1717");

        assertThat(process.cgroupValue("memory", "memory.limit_in_bytes", "memory.max"))
                .isEqualTo("67108864");
        assertThat(process.cgroupValue("cpu", "cpu.cfs_quota_us", "cpu.max")).startsWith("50000");
    }

    @Test
    void anOutOfMemoryDeathIsTold() throws InterruptedException {
        LinuxContainerResources resources =
                LinuxContainerResources.newBuilder().setMemoryLimitInBytes(16 << 20).build();
        PodSandboxConfig pod = node.pod("oom").build();
        String podId = node.kubelet().runPod(pod);
        // tail keeps all of a line that never ends.
        ContainerConfig container =
                node.container("oom", "tail", "/dev/zero")
                        .setLinux(LinuxContainerConfig.newBuilder().setResources(resources))
                        .build();
        String id = node.kubelet().run(podId, pod, container);

        ContainerStatus status = node.kubelet().awaitExit(id, Duration.ofSeconds(20));
        assertThat(status.getReason()).isEqualTo("OOMKilled");
        assertThat(status.getExitCode()).isEqualTo(137);
    }

    @Test
    void aTerminal() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("tty").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig container =
                node.container("tty", "sh", "-c", "tty; test -t 1 && echo a terminal")
                        .setTty(true)
                        .build();
        String id = node.kubelet().run(podId, pod, container);
        node.kubelet().awaitExit(id, Duration.ofSeconds(10));

        String log = Files.readString(Node.log(pod, "tty"));
        assertThat(log).contains("/dev/pts/0").contains("a terminal");
    }

    private static String run(Consumer<ContainerConfig.Builder> change) {
        PodSandboxConfig pod = node.pod("view").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig.Builder container = node.container("view", "sleep", "100");
        change.accept(container);
        return node.kubelet().run(podId, pod, container.build());
    }

    private static LinuxContainerConfig security(LinuxContainerSecurityContext.Builder context) {
        return LinuxContainerConfig.newBuilder().setSecurityContext(context).build();
    }

    private static Mount.Builder mount(Path host, String container) {
        return Mount.newBuilder().setHostPath(host.toString()).setContainerPath(container);
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
