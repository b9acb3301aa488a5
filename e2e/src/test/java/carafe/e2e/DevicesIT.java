package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import carafe.proto.cri.CDIDevice;
import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.Device;
import carafe.proto.cri.Int64Value;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.LinuxSandboxSecurityContext;
import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.daemon.Instance;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Devices of the node in a container: by path, by directory, by name in a CDI file. */
@Timeout(60)
final class DevicesIT {
    /** loop-control: a device that no container has by itself. */
    private static final int MAJOR = 10;

    private static final int MINOR = 237;
    private static final String DENIED = "Operation not permitted";

    @RegisterExtension static final Node node = new Node(DevicesIT::prepare);

    private static List<String> prepare(Instance instance)
            throws IOException, InterruptedException {
        Path made = Files.createDirectories(instance.scratch().resolve("devices"));
        Path cdi = Files.createDirectories(instance.scratch().resolve("cdi"));
        HostMounts.device(made.resolve("one"), MAJOR, MINOR);
        Files.setAttribute(made.resolve("one"), "unix:mode", 020640);
        HostMounts.device(Files.createDirectory(made.resolve("sub")).resolve("two"), 1, 5);
        Files.createSymbolicLink(made.resolve("link"), made.resolve("one"));
        Files.createSymbolicLink(instance.scratch().resolve("all"), made);
        Files.writeString(made.resolve("no-device"), "");
        return List.of("--cdi-spec-dir", cdi.toString());
    }

    private static Path devices() {
        return node.instance().scratch().resolve("devices");
    }

    private static Path cdiFile(String name) {
        return node.instance().scratch().resolve("cdi").resolve(name);
    }

    @Test
    void aDeviceByALinkMayBeUsedAsItWasGiven() {
        String id =
                run(container ->
                        container
                                .addDevices(device("link", "/dev/given/rw", "rw"))
                                .addDevices(device("sub/two", "", "")));

        assertThat(out(id, "stat -c %F:%t:%T:%a /dev/given/rw"))
                .isEqualTo("character special file:a:ed:640");
        assertThat(out(id, ": < /dev/given/rw; : > /dev/given/rw")).doesNotContain(DENIED);
        assertThat(out(id, "head -c 2 %s/sub/two | od -An -tx1".formatted(devices())))
                .isEqualTo(" 00 00");
    }

    @Test
    void whatWasNotGivenIsDenied() {
        String reading = run(container -> container.addDevices(device("one", "/dev/r", "r")));
        String nothing = run(_ -> {});

        assertThat(out(reading, ": < /dev/r")).doesNotContain(DENIED);
        assertThat(out(reading, ": > /dev/r")).contains(DENIED);
        assertThat(out(nothing, "mknod /tmp/d c 10 237 && : < /tmp/d")).contains(DENIED);
    }

    @Test
    void aDirectoryGivesAllDevicesInIt() {
        Path link = node.instance().scratch().resolve("all");
        String id =
                run(container ->
                        container.addDevices(
                                Device.newBuilder()
                                        .setHostPath(link.toString())
                                        .setContainerPath("/dev/all")
                                        .setPermissions("rwm")));

        assertThat(out(id, "cd /dev/all; find . -type c | sort | tr '\n' ' '"))
                .isEqualTo("./one ./sub/two ");
    }

    @Test
    void aPrivilegedContainerHasAllDevicesOfTheNode() throws IOException {
        PodSandboxConfig pod =
                node.pod("devices")
                        .setLinux(
                                LinuxPodSandboxConfig.newBuilder()
                                        .setSecurityContext(
                                                LinuxSandboxSecurityContext.newBuilder()
                                                        .setPrivileged(true)))
                        .build();
        ContainerConfig container =
                node.container("devices", "sleep", "100")
                        .setLinux(
                                LinuxContainerConfig.newBuilder()
                                        .setSecurityContext(
                                                LinuxContainerSecurityContext.newBuilder()
                                                        .setPrivileged(true)))
                        .build();
        String id = node.kubelet().run(node.kubelet().runPod(pod), pod, container);

        assertThat(out(id, "ls /dev").lines()).containsAll(devicesOfTheNode());
        assertThat(out(id, "mknod /tmp/d c 10 237 && : < /tmp/d")).doesNotContain(DENIED);
    }

    @Test
    @ShimOnly("runc mounts a device over a file that is there")
    void wrongDevicesAreRefusedByName() {
        assertRefused(
                container -> container.addDevices(device("missing", "/dev/x", "rw")), "missing");
        assertRefused(
                container -> container.addDevices(device("no-device", "/dev/x", "rw")),
                "no-device");
        assertRefused(container -> container.addDevices(device("one", "/dev/x", "rwx")), "rwx");
        assertRefused(
                container -> container.addDevices(device("one", "/usr/bin/busybox", "rw")),
                "/usr/bin/busybox is there");
    }

    @Test
    void aCdiDeviceBringsAllThatItsFileSays() throws IOException {
        Path library = Files.createDirectories(node.instance().scratch().resolve("library"));
        Files.writeString(library.resolve("lib"), "of the vendor");
        Files.writeString(
                cdiFile("vendor.yaml"),
                """
                cdiVersion: 0.7.0
                kind: example.com/card
                containerEdits:
                  env: [CARDS=all]
                  additionalGids: [4711]
                devices:
                  - name: first
                    containerEdits:
                      env: [CARD=first]
                      deviceNodes:
                        - {path: /dev/card0, hostPath: %1$s, permissions: r}
                      mounts:
                        - {hostPath: %2$s, containerPath: /usr/lib/card, options: [ro, nosuid]}
                """
                        .formatted(devices().resolve("one"), library));
        Files.writeString(
                cdiFile("other.json"),
                """
                {"cdiVersion": "1.0.0", "kind": "example.com/other", "devices": [{"name": "x",
                  "containerEdits": {"deviceNodes": [{"path": "/dev/other", "type": "c",
                  "major": 1, "minor": 5, "fileMode": 438, "uid": 7, "gid": 8}]}}]}
                """);
        String id =
                run(container ->
                        container
                                .addCDIDevices(
                                        CDIDevice.newBuilder().setName("example.com/card=first"))
                                .putAnnotations("cdi.k8s.io/plugin", "example.com/other=x")
                                .setLinux(
                                        LinuxContainerConfig.newBuilder()
                                                .setSecurityContext(
                                                        LinuxContainerSecurityContext.newBuilder()
                                                                .setRunAsUser(
                                                                        Int64Value.newBuilder()
                                                                                .setValue(1000)))));

        assertThat(out(id, "echo $CARDS $CARD; id -G | tr ' ' '\n' | grep 4711"))
                .isEqualTo("all first\n4711");
        assertThat(out(id, "stat -c %u:%t:%T:%a /dev/card0; stat -c %u:%g:%t:%T:%a /dev/other"))
                .isEqualTo("1000:a:ed:640\n7:8:1:5:666");
        assertThat(out(id, ": < /dev/card0")).doesNotContain(DENIED);
        assertThat(out(id, ": > /dev/card0")).contains(DENIED);
        assertThat(out(id, "cat /usr/lib/card/lib; touch /usr/lib/card/x"))
                .startsWith("of the vendor")
                .contains("Read-only");
    }

    @Test
    void cdiDevicesThatCannotBeHadAreRefusedByName() throws IOException {
        String file =
                """
                {"cdiVersion": "1.0.0", "kind": "example.com/%s", "devices": [{"name": "x",
                  "containerEdits": %s}]}
                """;
        Files.writeString(cdiFile("twice-1.json"), file.formatted("twice", "{}"));
        Files.writeString(cdiFile("twice-2.json"), file.formatted("twice", "{}"));
        Files.writeString(
                cdiFile("gone.json"),
                file.formatted("gone", "{\"deviceNodes\": [{\"path\": \"/dev/is-gone\"}]}"));

        assertRefused(cdi("example.com/none=x"), "example.com/none=x");
        assertRefused(cdi("nonsense"), "nonsense");
        assertRefused(cdi("example.com/twice=x"), "twice-2.json");
        assertRefused(cdi("example.com/gone=x"), "/dev/is-gone");
    }

    private static List<String> devicesOfTheNode() throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/dev"))) {
            return entries.filter(DevicesIT::isDevice)
                    .map(each -> each.getFileName().toString())
                    .filter(each -> !each.equals("console")) // only with a terminal, and its own
                    .toList();
        }
    }

    private static boolean isDevice(Path path) {
        try {
            int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return (mode & 0170000) == 0020000 || (mode & 0170000) == 0060000;
        } catch (IOException e) {
            return false; // gone meanwhile
        }
    }

    private static Consumer<ContainerConfig.Builder> cdi(String name) {
        return container -> container.addCDIDevices(CDIDevice.newBuilder().setName(name));
    }

    private static Device device(String name, String inside, String permissions) {
        return Device.newBuilder()
                .setHostPath(devices().resolve(name).toString())
                .setContainerPath(inside)
                .setPermissions(permissions)
                .build();
    }

    private static void assertRefused(Consumer<ContainerConfig.Builder> change, String word) {
        PodSandboxConfig pod = node.pod("devices").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig.Builder container = node.container("devices", "true");
        change.accept(container);
        StatusRuntimeException error =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> node.kubelet().create(podId, pod, container.build()));
        assertThat(error).as(word).isNotNull();
        assertThat(error.getStatus().getCode())
                .as(error.getMessage())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(error).hasMessageContaining(word);
        assertThat(node.kubelet().containers()).isEmpty();
        node.kubelet().removePod(podId);
    }

    private static String run(Consumer<ContainerConfig.Builder> change) {
        PodSandboxConfig pod = node.pod("devices").build();
        ContainerConfig.Builder container = node.container("devices", "sleep", "100");
        change.accept(container);
        return node.kubelet().run(node.kubelet().runPod(pod), pod, container.build());
    }

    /** What a script prints, errors included. */
    private static String out(String id, String script) {
        return node.kubelet()
                .exec(id, "sh", "-c", "{ " + script + "; } 2>&1")
                .getStdout()
                .toStringUtf8()
                .replaceFirst("\n$", "");
    }
}
