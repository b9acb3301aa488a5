package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ExecSyncResponse;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.LinuxSandboxSecurityContext;
import carafe.proto.cri.Mount;
import carafe.proto.cri.MountPropagation;
import carafe.proto.cri.PodSandboxConfig;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Directories of the node in a container: what may be done in them, and what goes in and out. */
@Timeout(60)
final class MountsIT {
    @RegisterExtension static final Node node = new Node();

    private final HostMounts host = new HostMounts();
    private Path source;
    private Path below;

    /** A shared file system of the node, with a place for another one in it. */
    @BeforeEach
    void makeSource() throws IOException, InterruptedException {
        source = Files.createTempDirectory(node.instance().scratch(), "source");
        host.tmpfs(source);
        host.propagate(source, "shared");
        below = Files.createDirectory(source.resolve("below"));
    }

    @AfterEach
    void takeAway() throws IOException, InterruptedException {
        node.kubelet().removeEverything();
        host.takeAway();
    }

    @Test
    void optionsHoldForTheMountAndAllBelow() throws IOException, InterruptedException {
        host.tmpfs(below);
        for (Path dir : List.of(source, below)) {
            Path script = Files.writeString(dir.resolve("script"), "#!/bin/sh\necho ran\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Mount free = mount("/free").build();
        Mount bound =
                mount("/bound").addAllMountOptions(List.of("noexec", "nodev", "nosuid")).build();
        String id = run(free, bound);

        assertThat(exec(id, "/free/script").getStdout().toStringUtf8()).isEqualTo("ran\n");
        assertThat(exec(id, "sh", "-c", "/bound/script").getExitCode()).isEqualTo(126);
        assertThat(exec(id, "sh", "-c", "/bound/below/script").getExitCode()).isEqualTo(126);
        assertThat(out(id, "grep -c ' /bound[ /].*nosuid,nodev,noexec' /proc/self/mountinfo"))
                .isEqualTo("2");
        assertThat(node.kubelet().status(id).getMountsList()).containsExactly(free, bound);
    }

    @Test
    void readOnlyHoldsForTheMountAndRecursivelyForAllBelow()
            throws IOException, InterruptedException {
        host.tmpfs(below);
        Mount plain = mount("/plain").setReadonly(true).build();
        Mount all = mount("/all").setReadonly(true).setRecursiveReadOnly(true).build();
        String id = run(plain, all);

        assertThat(out(id, "touch /plain/x 2>&1")).contains("Read-only file system");
        assertThat(exec(id, "touch", "/plain/below/x").getExitCode()).isZero();
        assertThat(out(id, "touch /all/x 2>&1")).contains("Read-only file system");
        assertThat(out(id, "touch /all/below/x 2>&1")).contains("Read-only file system");
        assertThat(node.kubelet().status(id).getMountsList()).containsExactly(plain, all);
    }

    @Test
    void laterMountsGoInAndOutAsAsked() throws IOException, InterruptedException {
        Files.createDirectory(source.resolve("made"));
        Path made = Files.createDirectory(source.resolve("made-shared"));
        String id =
                run(
                        mount("/private").build(),
                        mount("/slave")
                                .setPropagation(MountPropagation.PROPAGATION_HOST_TO_CONTAINER)
                                .build(),
                        mount("/shared")
                                .setPropagation(MountPropagation.PROPAGATION_BIDIRECTIONAL)
                                .build());
        host.tmpfs(below);
        Files.writeString(below.resolve("late"), "");

        assertThat(out(id, "ls /private/below /slave/below /shared/below | tr '\n' ' '"))
                .isEqualTo("/private/below:  /shared/below: late  /slave/below: late ");
        assertThat(
                        exec(
                                        id,
                                        "sh",
                                        "-c",
                                        "for i in private slave; do mount --bind /etc /$i/made ||"
                                                + " exit 1; done; mount --bind /etc"
                                                + " /shared/made-shared")
                                .getExitCode())
                .isZero();
        assertThat(source.resolve("made")).isEmptyDirectory();
        assertThat(made.resolve("passwd")).exists();
    }

    @Test
    void propagationIsNotPromisedWhereTheSourceHasNone() throws IOException, InterruptedException {
        host.propagate(source, "private");
        for (MountPropagation each :
                List.of(
                        MountPropagation.PROPAGATION_HOST_TO_CONTAINER,
                        MountPropagation.PROPAGATION_BIDIRECTIONAL)) {
            assertRefused(mount("/data").setPropagation(each).build(), source.toString());
        }
        host.propagate(source, "shared");
        host.propagate(source, "slave");
        assertRefused(
                mount("/data").setPropagation(MountPropagation.PROPAGATION_BIDIRECTIONAL).build(),
                source.toString());
    }

    @Test
    void wrongMountsAreRefusedByName() {
        assertRefused(mount("/data").setHostPath("/no/such/source").build(), "/no/such/source");
        assertRefused(mount("/data").setRecursiveReadOnly(true).build(), "recursive_read_only");
        assertRefused(
                mount("/data")
                        .setReadonly(true)
                        .setRecursiveReadOnly(true)
                        .setPropagation(MountPropagation.PROPAGATION_BIDIRECTIONAL)
                        .build(),
                "recursive_read_only");
        assertRefused(mount("/data").addMountOptions("suid").build(), "suid");
    }

    @Test
    void noMountHidesAnother() throws IOException {
        Files.createDirectories(source.resolve("app"));
        Files.writeString(source.resolve("hosts"), "hidden\n");
        Files.createFile(source.resolve("resolv.conf"));
        Files.createFile(source.resolve("hostname"));
        Path deep = Files.createDirectory(node.instance().scratch().resolve("deep"));
        Files.writeString(deep.resolve("file"), "deep");
        // The deeper one first, and one above what every container gets from its pod.
        String id =
                run(mount("/etc/app").setHostPath(deep.toString()).build(), mount("/etc").build());

        assertThat(out(id, "cat /etc/app/file")).isEqualTo("deep");
        assertThat(out(id, "cat /etc/hosts")).contains("127.0.0.1").doesNotContain("hidden");
    }

    @Test
    void linksInAVolumeNeverLeadOutOfTheContainer() throws IOException {
        Path canary = Files.createTempDirectory(node.instance().scratch(), "canary");
        Path file = Files.writeString(node.instance().scratch().resolve("file"), "mounted");
        Files.createSymbolicLink(source.resolve("absolute"), canary);
        Files.createSymbolicLink(source.resolve("up"), Path.of("../../../../../.." + canary));
        String id =
                run(
                        mount("/volume").build(),
                        mount("/volume/absolute/f").setHostPath(file.toString()).build(),
                        mount("/volume/up/d/f").setHostPath(file.toString()).build());

        assertThat(out(id, "cat %1$s/f %1$s/d/f".formatted(canary))).isEqualTo("mountedmounted");
        try (Stream<Path> there = Files.list(canary)) {
            assertThat(there).as("made on the node").isEmpty();
        }
    }

    private Mount.Builder mount(String target) {
        return Mount.newBuilder().setHostPath(source.toString()).setContainerPath(target);
    }

    private static void assertRefused(Mount mount, String word) {
        PodSandboxConfig pod = pod();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig container = container(mount);
        StatusRuntimeException error =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> node.kubelet().create(podId, pod, container));
        assertThat(error).as("refusal of %s", mount).isNotNull();
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(error).hasMessageContaining(word);
        assertThat(node.kubelet().containers()).isEmpty();
        node.kubelet().removePod(podId);
    }

    private static String run(Mount... mounts) {
        PodSandboxConfig pod = pod();
        return node.kubelet().run(node.kubelet().runPod(pod), pod, container(mounts));
    }

    private static PodSandboxConfig pod() {
        return node.pod("mounts")
                .setLinux(
                        LinuxPodSandboxConfig.newBuilder()
                                .setSecurityContext(
                                        LinuxSandboxSecurityContext.newBuilder()
                                                .setPrivileged(true)))
                .build();
    }

    /** Privileged, because it mounts. */
    private static ContainerConfig container(Mount... mounts) {
        return node.container("mounts", "sleep", "100")
                .addAllMounts(List.of(mounts))
                .setLinux(
                        LinuxContainerConfig.newBuilder()
                                .setSecurityContext(
                                        LinuxContainerSecurityContext.newBuilder()
                                                .setPrivileged(true)))
                .build();
    }

    private static ExecSyncResponse exec(String id, String... command) {
        return node.kubelet().exec(id, command);
    }

    private static String out(String id, String script) {
        return exec(id, "sh", "-c", script).getStdout().toStringUtf8().replaceFirst("\n$", "");
    }
}
