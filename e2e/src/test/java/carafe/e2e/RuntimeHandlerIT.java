package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerState;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.KeyValue;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.Mount;
import carafe.proto.cri.MountPropagation;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.SecurityProfile;
import carafe.testkit.client.Kubelet;
import carafe.testkit.daemon.ShimProcess;
import carafe.testkit.image.TarBuilder;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pods whose containers another OCI runtime makes; and what is said of handlers that are not. */
@Timeout(60)
final class RuntimeHandlerIT {
    @RegisterExtension static final Node node = RuntimeHandlers.node();

    RuntimeHandlerIT() {
        Assumptions.assumeTrue(
                Files.isExecutable(RuntimeHandlers.RUNC_PROGRAM), "needs Debian's runc");
        node.use(RuntimeHandlers.RUNC);
    }

    @Test
    void anUnknownHandlerIsRefusedWithTheOnesThereAre() {
        Kubelet kubelet = new Kubelet(node.client(), "kata");

        assertRefused(
                Status.Code.INVALID_ARGUMENT,
                () -> kubelet.runPod(node.pod("unknown").build()),
                "no runtime handler \"kata\"",
                "\"runc\"");
    }

    @Test
    void aHandlerWhoseProgramIsMissingSaysWhichOne() {
        Kubelet kubelet = new Kubelet(node.client(), "missing");

        assertRefused(
                Status.Code.FAILED_PRECONDITION,
                () -> kubelet.runPod(node.pod("missing").build()),
                "/usr/sbin/no-such-runtime");
    }

    @Test
    void thePodTellsItsHandlerAndItsContainersAreRuncs() throws Exception {
        PodSandboxConfig pod = node.pod("theirs").build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().run(podId, pod, node.container("app", "sleep", "77").build());

        assertThat(node.kubelet().podStatus(podId).getRuntimeHandler()).isEqualTo("runc");
        Path bundle = node.instance().state().resolve("containers").resolve(id);
        assertThat(bundle.resolve("runtime").resolve(id).resolve("state.json")).exists();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .as("its root is not in the machine's mount table")
                .doesNotContain(bundle.toString());
    }

    @Test
    void bytesThatAreNoTextAreRefusedByName() {
        PodSandboxConfig pod = node.pod("bytes").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig container =
                node.container("app", "true")
                        .addEnvs(
                                KeyValue.newBuilder()
                                        .setKey("MINE")
                                        .setValue(ByteString.copyFrom(new byte[] {(byte) 0xff})))
                        .build();

        assertRefused(
                Status.Code.UNIMPLEMENTED,
                () -> node.kubelet().create(podId, pod, container),
                "MINE",
                "runc");
    }

    @Test
    void whatRuncSaysReachesTheUser() {
        PodSandboxConfig pod = node.pod("words").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig container = node.container("app", "no-such-program").build();

        assertThatThrownBy(() -> node.kubelet().create(podId, pod, container))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("runc create")
                .hasMessageContaining("no-such-program");
    }

    /** runc would make links in the directory of the machine that the image's /dev points to. */
    @Test
    void aDevThatIsALinkIsRefusedBeforeRuncSeesIt() throws IOException {
        Canary canary = Canary.make(node.instance().scratch().resolve("canary"));
        try (ForgedImages forged = ForgedImages.serve()) {
            TarBuilder dev = new TarBuilder().symlink("dev", canary.path().toString());
            ImageSpec image = ImageSpec.newBuilder().setImage(forged.pull(node, "{}", dev)).build();
            PodSandboxConfig pod = node.pod("linked").build();
            String podId = node.kubelet().runPod(pod);
            ContainerConfig container = node.container("app", "true").setImage(image).build();

            assertRefused(
                    Status.Code.INVALID_ARGUMENT,
                    () -> node.kubelet().create(podId, pod, container),
                    "/dev of the image is not a directory");
            canary.assertIntact();
            forged.removePulled(node);
        }
    }

    /** The image's volumes stay writable; and a killed shim leaves nothing, as the census says. */
    @Test
    void aReadOnlyRootHasTheImagesVolumesAndDiesWithItsShim() throws Exception {
        try (ForgedImages forged = ForgedImages.serve()) {
            TarBuilder data = new TarBuilder().dir("data").file("data/seed", "seed");
            String image = forged.pull(node, "{\"Volumes\":{\"/data\":{},\"/made/new\":{}}}", data);
            ContainerConfig container =
                    node.container("app", "sleep", "58")
                            .setImage(ImageSpec.newBuilder().setImage(image))
                            .setLinux(
                                    LinuxContainerConfig.newBuilder()
                                            .setSecurityContext(
                                                    LinuxContainerSecurityContext.newBuilder()
                                                            .setReadonlyRootfs(true)))
                            .build();
            PodSandboxConfig pod = node.pod("volumes").build();
            String podId = node.kubelet().runPod(pod);
            List<ShimProcess> before = ShimProcess.of(node.instance());
            String id = node.kubelet().run(podId, pod, container);

            assertThat(
                            out(
                                    id,
                                    "echo x > /made/new/x; echo y > /data/y; cat /made/new/x /data/y /data/seed"))
                    .isEqualTo("x\ny\nseed");
            assertThat(out(id, "touch /data2 /etc/x 2>&1 | grep -c Read-only")).isEqualTo("2");
            for (ShimProcess shim : ShimProcess.of(node.instance())) {
                if (!before.contains(shim) && shim.pid() > 1) {
                    ProcessHandle.of(shim.pid()).ifPresent(ProcessHandle::destroyForcibly);
                }
            }
            assertThat(node.kubelet().awaitExit(id, Duration.ofSeconds(10)).getExitCode())
                    .isNotZero();
            forged.removePulled(node);
        }
    }

    @Test
    void theDefaultSeccompProfileHolds() {
        ContainerConfig.Builder container = node.container("app", "sleep", "100");
        container.setLinux(
                LinuxContainerConfig.newBuilder()
                        .setSecurityContext(
                                LinuxContainerSecurityContext.newBuilder()
                                        .setSeccomp(
                                                SecurityProfile.newBuilder()
                                                        .setProfileType(
                                                                SecurityProfile.ProfileType
                                                                        .RuntimeDefault))));
        PodSandboxConfig pod = node.pod("seccomp").build();
        String id = node.kubelet().run(node.kubelet().runPod(pod), pod, container.build());

        assertThat(out(id, "grep Seccomp: /proc/1/status /proc/self/status | cut -f2 | uniq"))
                .isEqualTo("2");
        assertThat(out(id, "unshare -U true 2>&1 || echo refused")).endsWith("refused");
    }

    @Test
    void theDaemonsDeathHurtsNoneOfItsContainers() throws Exception {
        PodSandboxConfig pod = node.pod("death").build();
        String podId = node.kubelet().runPod(pod);
        String runs = node.kubelet().run(podId, pod, node.container("runs", "sleep", "99").build());
        String script = "sleep 1; exit 5";
        String ends =
                node.kubelet().run(podId, pod, node.container("ends", "sh", "-c", script).build());
        String waits = node.kubelet().create(podId, pod, node.container("waits", "true").build());
        node.daemon().kill();
        Thread.sleep(1500);
        Duration _ = node.daemon().start();
        node.client().reconnectNow();

        assertThat(node.kubelet().awaitExit(ends, Duration.ofSeconds(20)).getExitCode())
                .isEqualTo(5);
        assertThat(node.kubelet().status(runs).getState())
                .isEqualTo(ContainerState.CONTAINER_RUNNING);
        assertThat(out(runs, "echo here")).isEqualTo("here");
        node.kubelet().start(waits);
        assertThat(node.kubelet().awaitExit(waits, Duration.ofSeconds(20)).getExitCode()).isZero();
    }

    @Test
    void imagesAsVolumes() {
        ImageSpec image = ImageSpec.newBuilder().setImage(node.images().tools()).build();
        Mount.Builder mount = Mount.newBuilder().setImage(image).setReadonly(true);
        PodSandboxConfig pod = node.pod("volumes").build();
        ContainerConfig container =
                node.container("app", "sleep", "100")
                        .addMounts(mount.setContainerPath("/image"))
                        .addMounts(mount.setContainerPath("/part").setImageSubPath("bin"))
                        .build();
        String id = node.kubelet().run(node.kubelet().runPod(pod), pod, container);

        assertThat(out(id, "cmp /image/bin/sh /bin/sh && cmp /part/sh /bin/sh && echo same"))
                .isEqualTo("same");
        assertThat(out(id, "touch /part/x 2>&1")).contains("Read-only file system");
        assertThat(node.kubelet().status(id).getMounts(0).getImage().getImageRef()).isNotEmpty();
    }

    @Test
    void mountsThatSpreadBothWays() throws IOException, InterruptedException {
        Path shared = node.instance().scratch().resolve("shared");
        Files.createDirectories(shared.resolve("below"));
        command("mount", "-t", "tmpfs", "shared", shared.toString());
        try {
            command("mount", "--make-shared", shared.toString());
            Files.createDirectories(shared.resolve("below"));
            String id = bidirectional(shared);
            assertThat(
                            out(
                                    id,
                                    "mount -t tmpfs inner /mnt/below && touch /mnt/below/inside; echo $?"))
                    .isEqualTo("0");
            assertThat(shared.resolve("below/inside")).exists();
            assertThat(out(id, "umount /mnt/below; echo $?")).isEqualTo("0");
        } finally {
            command("umount", shared.toString());
        }
    }

    private static String bidirectional(Path source) {
        PodSandboxConfig.Builder pod = node.pod("spread");
        pod.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true);
        ContainerConfig container =
                node.container("app", "sleep", "100")
                        .addMounts(
                                Mount.newBuilder()
                                        .setHostPath(source.toString())
                                        .setContainerPath("/mnt")
                                        .setPropagation(MountPropagation.PROPAGATION_BIDIRECTIONAL))
                        .setLinux(
                                LinuxContainerConfig.newBuilder()
                                        .setSecurityContext(
                                                LinuxContainerSecurityContext.newBuilder()
                                                        .setPrivileged(true)))
                        .build();
        PodSandboxConfig built = pod.build();
        return node.kubelet().run(node.kubelet().runPod(built), built, container);
    }

    private static void command(String... words) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(process.waitFor()).as(String.join(" ", words)).isZero();
    }

    private static void assertRefused(Status.Code code, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code))
                .hasMessageContainingAll(words);
    }

    private static String out(String id, String script) {
        return node.kubelet()
                .exec(id, "sh", "-c", script)
                .getStdout()
                .toStringUtf8()
                .replaceFirst("\n$", "");
    }
}
