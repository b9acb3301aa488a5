package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerState;
import carafe.proto.cri.ContainerStatus;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.Mount;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.VersionRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Wrong requests: each is answered with a gRPC status and a text that names the thing, leaves
 * nothing behind (the node's census), and the daemon goes on.
 */
@Timeout(60)
final class BadInputIT {
    @RegisterExtension static final Node node = new Node();

    @AfterEach
    void theDaemonStillWorks() {
        assertThat(node.client().runtime().version(VersionRequest.getDefaultInstance()))
                .as("answer after the wrong request")
                .isNotNull();
        assertThat(node.daemon().isAlive()).isTrue();
    }

    @Test
    void anImageThatTheRegistryDoesNotHave() {
        String image = node.images().registry().reference("debian/nothing:9");

        StatusRuntimeException error = failure(() -> node.kubelet().pull(image));

        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(error)
                .hasMessageContaining("debian/nothing:9")
                .hasMessageContaining(node.images().registry().address());
    }

    @Test
    void aRegistryThatDoesNotAnswer() {
        StatusRuntimeException error = failure(() -> node.kubelet().pull("127.0.0.1:1/some:1"));

        // The only code that kubelet takes away to find the name of the error.
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(error.getStatus().getDescription())
                .startsWith("RegistryUnavailable")
                .contains("127.0.0.1:1");
    }

    @Test
    void aReferenceThatIsNone() {
        StatusRuntimeException error = failure(() -> node.kubelet().pull("Not//A:Reference"));

        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(error).hasMessageContaining("Not//A:Reference");
    }

    @Test
    void aDigestThatNoManifestHas() {
        String digest = "sha256:" + "0123456789abcdef".repeat(4);
        String image = node.images().registry().address() + "/debian/tools@" + digest;

        StatusRuntimeException error = failure(() -> node.kubelet().pull(image));

        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(error).hasMessageContaining(digest);
    }

    @Test
    void aLayerThatWasDamagedOnItsWay() throws IOException, InterruptedException {
        DamagedImage damaged = DamagedImage.push(node.images(), "debian/damaged:1");

        StatusRuntimeException error = failure(() -> node.kubelet().pull(damaged.reference()));

        assertThat(error).hasMessageContaining(damaged.layerDigest());
        assertThat(error.getStatus().getCode())
                .isNotIn(Status.Code.UNKNOWN, Status.Code.DEADLINE_EXCEEDED);
    }

    @Test
    void aContainerOfAnImageThatIsNotHere() {
        PodSandboxConfig pod = node.pod("no-image").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig container =
                node.container("no-image", "true")
                        .setImage(ImageSpec.newBuilder().setImage("example.test/never-pulled:1"))
                        .build();

        StatusRuntimeException error = failure(() -> node.kubelet().create(podId, pod, container));

        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(error).hasMessageContaining("example.test/never-pulled:1");
        assertThat(node.kubelet().containers()).isEmpty();
    }

    @Test
    void aContainerInAPodThatIsNotThere() {
        PodSandboxConfig pod = node.pod("gone").build();

        StatusRuntimeException error =
                failure(() ->
                        node.kubelet()
                                .create("no-such-pod", pod, node.container("c", "true").build()));

        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(error).hasMessageContaining("no-such-pod");
    }

    @Test
    @ShimOnly("runc looks for the command when it creates, before the start")
    void aCommandThatTheImageDoesNotHave() throws InterruptedException {
        PodSandboxConfig pod = node.pod("no-command").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet().create(podId, pod, node.container("c", "no-such-command").build());

        StatusRuntimeException error = failure(() -> node.kubelet().start(id));

        assertThat(error).hasMessageContaining("no-such-command");
        assertThat(error.getStatus().getCode()).isNotEqualTo(Status.Code.UNKNOWN);
        ContainerStatus status = node.kubelet().awaitExit(id, Duration.ofSeconds(5));
        assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
        assertThat(status.getExitCode()).isEqualTo(128);
        assertThat(status.getReason()).isEqualTo("StartError");
        assertThat(status.getMessage()).contains("no-such-command");
    }

    @Test
    void aMountWhoseSourceIsMissing() {
        Path missing = node.instance().scratch().resolve("no/such/source");
        ContainerConfig container =
                node.container("mounts", "true")
                        .addMounts(
                                Mount.newBuilder()
                                        .setHostPath(missing.toString())
                                        .setContainerPath("/mnt"))
                        .build();

        StatusRuntimeException error = runFailure(container);

        assertThat(error).hasMessageContaining(missing.toString());
        assertThat(error.getStatus().getCode()).isNotEqualTo(Status.Code.UNKNOWN);
        assertThat(missing).doesNotExist();
        assertThat(node.kubelet().containers()).isEmpty();
    }

    @Test
    void aUserThatTheImageDoesNotHave() {
        LinuxContainerSecurityContext user =
                LinuxContainerSecurityContext.newBuilder()
                        .setRunAsUsername("nobody-of-that-name")
                        .build();
        ContainerConfig container =
                node.container("user", "true")
                        .setLinux(LinuxContainerConfig.newBuilder().setSecurityContext(user))
                        .build();

        StatusRuntimeException error = runFailure(container);

        assertThat(error).hasMessageContaining("nobody-of-that-name");
    }

    @Test
    void theSameNameTwice() {
        PodSandboxConfig pod = node.pod("same").build();
        String podId = node.kubelet().runPod(pod);
        node.kubelet().create(podId, pod, node.container("same", "true").build());

        StatusRuntimeException error =
                failure(() ->
                        node.kubelet().create(podId, pod, node.container("same", "sh").build()));

        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
    }

    @Test
    void aUserWithoutPermissionOnTheSocket() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                "setpriv",
                                "--reuid=65534",
                                "--regid=65534",
                                "--clear-groups",
                                "perl",
                                "-MIO::Socket::UNIX",
                                "-e",
                                "IO::Socket::UNIX->new(Peer => $ARGV[0]) or print $!",
                                node.instance().socket().toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();

        assertThat(said).isEqualTo("Permission denied");
    }

    private static StatusRuntimeException runFailure(ContainerConfig container) {
        PodSandboxConfig pod = node.pod("bad").build();
        String podId = node.kubelet().runPod(pod);
        return failure(() -> node.kubelet().create(podId, pod, container));
    }

    private static StatusRuntimeException failure(ThrowingCallable call) {
        StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(error).as("an error of the call").isNotNull();
        return error;
    }
}
