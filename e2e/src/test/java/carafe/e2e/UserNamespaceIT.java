package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.IDMapping;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.Int64Value;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.Mount;
import carafe.proto.cri.NamespaceMode;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.UserNamespace;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pods with a user namespace: root inside is nobody on the node. */
@Timeout(60)
@ShimOnly("runc makes no user namespace with a mapped root file system")
final class UserNamespaceIT {
    private static final int FIRST = 200_000;
    private static final int COUNT = 65_536;
    private static final IDMapping MAPPING =
            IDMapping.newBuilder().setContainerId(0).setHostId(FIRST).setLength(COUNT).build();

    @RegisterExtension static final Node node = new Node();

    private PodSandboxConfig pod = PodSandboxConfig.getDefaultInstance();

    @Test
    void rootInsideIsNobodyOnTheNode() throws IOException, InterruptedException {
        String id = run(options(), _ -> {});

        assertThat(out(id, "id -u; tr -s ' ' < /proc/1/uid_map; tr -s ' ' < /proc/self/gid_map"))
                .isEqualTo("0\n 0 200000 65536\n 0 200000 65536");
        HostProcess process = HostProcess.find(node.instance(), "sleep", "8642");
        assertThat(Files.readString(Path.of("/proc/" + process.pid() + "/status")))
                .contains("Uid:\t200000\t200000");
        assertThat(out(id, "readlink /proc/self/ns/user"))
                .isEqualTo(out(id, "readlink /proc/1/ns/user"));
    }

    @Test
    void theImageBelongsToRootAndTakesChanges() {
        String id = run(options(), _ -> {});

        assertThat(out(id, "stat -c %u:%g / /bin/busybox /etc/passwd | sort -u")).isEqualTo("0:0");
        assertThat(
                        out(
                                id,
                                "echo x >> /etc/passwd; mkdir /new; chown 1000:1000 /new;"
                                        + " rm -r /usr/share; stat -c %u:%g /etc/passwd /new;"
                                        + " ls /usr/share 2>&1 | grep -c 'No such'"))
                .isEqualTo("0:0\n1000:1000\n1");
        assertThat(out(id, "stat -c %u /etc/hosts /etc/hostname /etc/resolv.conf /dev/shm"))
                .isEqualTo("0\n0\n0\n0");
        assertThat(out(id, "echo 10.0.0.9 nine >> /etc/hosts; touch /dev/shm/x; echo $?"))
                .isEqualTo("0");
    }

    @Test
    void whatEveryContainerHasIsThere() {
        String id = run(options(), container -> container.setTty(false));

        assertThat(
                        out(
                                id,
                                "for i in null zero full random urandom tty; do [ -c /dev/$i ] || echo $i;"
                                        + " done; head -c 2 /dev/urandom | wc -c; echo > /dev/null; echo $?"))
                .isEqualTo("2\n0");
        assertThat(
                        out(
                                id,
                                "mount | grep -c -E ' (/proc|/sys|/dev/pts|/dev/mqueue|/sys/fs/cgroup) '"))
                .isEqualTo("5");
        assertThat(out(id, "cat /proc/sys/net/ipv4/ping_group_range | tr '\t' ' '"))
                .isEqualTo("0 65535");
        assertThat(out(id, "wc -c < /proc/keys; ls /sys/firmware | wc -l")).isEqualTo("0\n0");
        assertThat(out(id, "mkdir /sys/fs/cgroup/x 2>&1 | grep -c 'Read-only'")).isEqualTo("1");
    }

    @Test
    void anOrdinaryUser() {
        String id =
                run(
                        options(),
                        container ->
                                container.setLinux(
                                        security(
                                                LinuxContainerSecurityContext.newBuilder()
                                                        .setRunAsUser(
                                                                Int64Value.newBuilder()
                                                                        .setValue(1000)))));

        assertThat(out(id, "id -u; touch /root-only 2>&1 | grep -c denied; echo > /dev/stdout"))
                .startsWith("1000\n1");
    }

    @Test
    void volumesAreMappedAsAskedFor() throws IOException {
        Path volume = Files.createDirectories(node.instance().scratch().resolve("volume"));
        Files.writeString(volume.resolve("file"), "x");
        Mount.Builder mount =
                Mount.newBuilder().setHostPath(volume.toString()).setContainerPath("/mapped");
        String id =
                run(
                        options(),
                        container ->
                                container
                                        .addMounts(
                                                mount.addUidMappings(MAPPING)
                                                        .addGidMappings(MAPPING))
                                        .addMounts(
                                                Mount.newBuilder()
                                                        .setHostPath(volume.toString())
                                                        .setContainerPath("/plain")));

        assertThat(out(id, "stat -c %u /mapped/file /plain/file; touch /mapped/new; echo $?"))
                .isEqualTo("0\n65534\n0");
        assertThat(Files.getAttribute(volume.resolve("new"), "unix:uid")).isEqualTo(0);
    }

    @Test
    void anImageAsAVolumeBelongsToRoot() {
        Mount.Builder mount =
                Mount.newBuilder()
                        .setImage(ImageSpec.newBuilder().setImage(node.images().tools()))
                        .setReadonly(true);
        String id =
                run(
                        options(),
                        container ->
                                container
                                        .addMounts(mount.setContainerPath("/image"))
                                        .addMounts(
                                                mount.setContainerPath("/part")
                                                        .setImageSubPath("bin")));

        assertThat(out(id, "stat -c %u:%g /image/bin /part/sh; cmp /part/sh /bin/sh; echo $?"))
                .isEqualTo("0:0\n0:0\n0");
        assertThat(out(id, "touch /part/x 2>&1 | grep -c 'Read-only'")).isEqualTo("1");
    }

    @Test
    void withTheNodesNetwork() {
        String id = run(options().setNetwork(NamespaceMode.NODE), _ -> {});

        assertThat(out(id, "id -u; ls /sys/class/net | grep -c -x lo; touch /sys/x 2>&1 | wc -l"))
                .isEqualTo("0\n1\n1");
    }

    @Test
    void withOnePidNamespace() {
        String id = run(options().setPid(NamespaceMode.POD), _ -> {});

        assertThat(out(id, "cat /proc/1/comm; ls /proc/1/root 2>&1 | grep -c denied"))
                .isEqualTo("carafe-shim\n1");
    }

    @Test
    void whatTheStatusTells() {
        run(options(), _ -> {});

        String podId = node.kubelet().pods().getFirst().getId();
        UserNamespace told =
                node.kubelet()
                        .podStatus(podId)
                        .getLinux()
                        .getNamespaces()
                        .getOptions()
                        .getUsernsOptions();
        assertThat(told).isEqualTo(user(MAPPING));
    }

    @Test
    void oddOnesAreRefused() {
        assertThatThrownBy(() ->
                        runPod(
                                NamespaceOption.newBuilder()
                                        .setUsernsOptions(
                                                UserNamespace.newBuilder()
                                                        .setMode(NamespaceMode.POD))))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("exactly one mapping");
        assertThatThrownBy(() -> runPod(options().setPid(NamespaceMode.NODE)))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("PID or IPC namespace");
    }

    private String runPod(NamespaceOption.Builder options) {
        pod =
                node.pod("mapped")
                        .setLinux(
                                LinuxPodSandboxConfig.newBuilder(
                                        LinuxConfigs.podWithNamespaces(options.build())))
                        .build();
        return node.kubelet().runPod(pod);
    }

    private String run(NamespaceOption.Builder options, Consumer<ContainerConfig.Builder> change) {
        String podId = runPod(options);
        ContainerConfig.Builder container = node.container("mapped", "sleep", "8642");
        LinuxContainerSecurityContext.Builder context = LinuxContainerSecurityContext.newBuilder();
        container.setLinux(security(context));
        change.accept(container);
        LinuxContainerConfig.Builder linux = container.getLinuxBuilder();
        linux.getSecurityContextBuilder()
                .setNamespaceOptions(options)
                .addMaskedPaths("/proc/keys")
                .addMaskedPaths("/sys/firmware");
        return node.kubelet().run(podId, pod, container.build());
    }

    private static LinuxContainerConfig security(LinuxContainerSecurityContext.Builder context) {
        return LinuxContainerConfig.newBuilder().setSecurityContext(context).build();
    }

    private static NamespaceOption.Builder options() {
        return NamespaceOption.newBuilder()
                .setPid(NamespaceMode.CONTAINER)
                .setUsernsOptions(user(MAPPING));
    }

    private static UserNamespace user(IDMapping mapping) {
        return UserNamespace.newBuilder()
                .setMode(NamespaceMode.POD)
                .addUids(mapping)
                .addGids(mapping)
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
