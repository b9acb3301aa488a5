package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.Mount;
import carafe.proto.cri.MountPropagation;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.RemoveImageRequest;
import carafe.testkit.image.Blob;
import carafe.testkit.registry.RawPush;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An image as a volume: read-only, whole or a part of it, and never more than what is in it. */
@Timeout(60)
final class ImageVolumeIT {
    @RegisterExtension static final Node node = new Node();

    private static String volume;
    private static Path canary;

    /** Two layers: what is needed, and links that would like to lead out. */
    @BeforeAll
    static void makeImage() throws IOException, InterruptedException {
        canary = Files.createTempDirectory(node.instance().scratch(), "canary");
        Files.writeString(canary.resolve("secret"), "of the node");
        Path first = Files.createTempDirectory(node.images().scratch(), "volume");
        Files.createDirectories(first.resolve("models/small"));
        Files.writeString(first.resolve("models/small/weights"), "light");
        Files.writeString(first.resolve("top"), "of the image");
        Path program = Files.writeString(first.resolve("run"), "#!/bin/sh\necho ran\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path second = Files.createTempDirectory(node.images().scratch(), "volume");
        Files.createDirectories(second.resolve("models"));
        Files.createSymbolicLink(second.resolve("inside"), Path.of("/models/small"));
        Files.createSymbolicLink(second.resolve("root"), Path.of("../../../../../../.."));
        Files.createSymbolicLink(second.resolve("outside"), canary);
        Files.createSymbolicLink(second.resolve("climbing"), Path.of("../../../../.." + canary));
        Files.createSymbolicLink(second.resolve("loop"), Path.of("loop"));
        node.images().directory().create("volume");
        node.images().directory().addTree("volume", first);
        node.images().directory().addTree("volume", second);
        volume =
                node.images()
                        .registry()
                        .push(node.images().directory().image("volume"), "debian/volume:1");
        node.kubelet().pull(volume);
    }

    @Test
    void theImageIsThereReadOnlyAndKnownByItsId() {
        String ref = node.kubelet().pull(volume);
        Mount mount = mount("").build();
        String id = run(mount, mount("").setContainerPath("/strict").addMountOptions("noexec"));

        assertThat(out(id, "cat /volume/top /volume/models/small/weights"))
                .isEqualTo("of the imagelight");
        assertThat(out(id, "/volume/run")).isEqualTo("ran");
        assertThat(out(id, "/strict/run 2>&1; echo $?")).endsWith("126");
        assertThat(out(id, "touch /volume/x 2>&1")).contains("Read-only file system");
        Mount told = node.kubelet().status(id).getMountsList().getFirst();
        assertThat(told.getImage().getImageRef()).isEqualTo(ref);
        assertThat(told.toBuilder().setImage(mount.getImage()).build()).isEqualTo(mount);
    }

    @Test
    void aPartOfTheImageIsADirectoryOrAFile() {
        String id =
                run(
                        mount("models").build(),
                        mount("top").setContainerPath("/file"),
                        mount("inside/").setContainerPath("/inside"),
                        mount("root").setContainerPath("/root-of-image"));

        assertThat(out(id, "cat /volume/small/weights /file /inside/weights"))
                .isEqualTo("lightof the imagelight");
        assertThat(out(id, "ls /root-of-image | tr '\n' ' '"))
                .as("a link upwards ends at the image's root")
                .isEqualTo("climbing inside loop models outside root run top ");
    }

    @Test
    void noPathLeadsOutOfTheImage() {
        for (String path : List.of("..", "models/../..", "/etc", "models/../../etc")) {
            assertRefused(mount(path), Status.Code.INVALID_ARGUMENT, "image_sub_path");
        }
        for (String path : List.of("outside", "climbing", "outside/secret", "none", "loop")) {
            assertRefused(mount(path), Status.Code.INVALID_ARGUMENT, path);
        }
        // Links further down are resolved in the container, where the node's files are not.
        String id = run(mount("").build());
        assertThat(out(id, "cat /volume/outside/secret /volume/climbing/secret 2>&1"))
                .doesNotContain("of the node");
    }

    @Test
    void wrongVolumesAreRefusedByKubeletsWord() {
        assertRefused(mount("").setReadonly(false), Status.Code.INVALID_ARGUMENT, "readonly");
        assertRefused(mount("").setHostPath("/tmp"), Status.Code.INVALID_ARGUMENT, "/tmp");
        assertRefused(
                mount("").setPropagation(MountPropagation.PROPAGATION_HOST_TO_CONTAINER),
                Status.Code.INVALID_ARGUMENT,
                "propagation");
        assertRefused(
                mount("").setImage(ImageSpec.newBuilder().setImage("example.test/never:1")),
                Status.Code.NOT_FOUND,
                "example.test/never:1");
    }

    @Test
    void itStaysWhileItIsMountedWhateverBecomesOfTheImage()
            throws IOException, InterruptedException {
        Path tree = Files.createTempDirectory(node.images().scratch(), "volume");
        Files.writeString(tree.resolve("weights"), "kept");
        node.images().directory().create("kept");
        node.images().directory().addTree("kept", tree);
        ImageSpec image =
                ImageSpec.newBuilder()
                        .setImage(
                                node.images()
                                        .registry()
                                        .push(
                                                node.images().directory().image("kept"),
                                                "debian/kept:1"))
                        .build();
        node.kubelet().pull(image.getImage());
        String id = run(mount("").setImage(image).build());
        node.client().images().removeImage(RemoveImageRequest.newBuilder().setImage(image).build());
        node.daemon().kill();
        node.daemon().start();
        node.client().reconnectNow();

        assertThat(out(id, "cat /volume/weights")).isEqualTo("kept");
        // The census after the test sees that the layer goes with the container.
    }

    @Test
    void anArtifactIsItsFilesAndNothingToRun() throws IOException, InterruptedException {
        Blob empty = blob("application/vnd.oci.empty.v1+json", "{}");
        Blob weights = blob("application/x.weights", "of an artifact");
        String manifest =
                "{\"schemaVersion\":2,\"artifactType\":\"application/x.model\",\"config\":%s,\"layers\":[%s]}"
                        .formatted(
                                empty.descriptor(),
                                weights.descriptor(
                                        ",\"annotations\":{\"org.opencontainers.image.title\":\"m/weights\"}"));
        new RawPush(node.images().registry().address(), "debian/model")
                .blob(empty)
                .blob(weights)
                .manifest("1", blob("application/vnd.oci.image.manifest.v1+json", manifest));
        ImageSpec artifact =
                ImageSpec.newBuilder()
                        .setImage(node.images().registry().reference("debian/model:1"))
                        .build();
        String ref = node.kubelet().pull(artifact.getImage());
        String id =
                run(
                        mount("").setImage(artifact).build(),
                        mount("m/weights").setImage(artifact).setContainerPath("/file"));

        assertThat(out(id, "cat /volume/m/weights; echo; cat /file; ls -l /file"))
                .startsWith("of an artifact\nof an artifact-r--r--r--");
        assertThat(node.kubelet().status(id).getMounts(0).getImage().getImageRef()).isEqualTo(ref);
        PodSandboxConfig pod = node.pod("artifact").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig wrong = node.container("artifact", "true").setImage(artifact).build();
        StatusRuntimeException error =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> node.kubelet().create(podId, pod, wrong));
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(error.getStatus().getDescription()).contains("is an artifact");
        // Its files stay until the container goes.
        node.client()
                .images()
                .removeImage(RemoveImageRequest.newBuilder().setImage(artifact).build());
        assertThat(out(id, "cat /file")).isEqualTo("of an artifact");
    }

    private static Blob blob(String mediaType, String content) {
        return new Blob(mediaType, content.getBytes(StandardCharsets.UTF_8));
    }

    private static Mount.Builder mount(String subPath) {
        return Mount.newBuilder()
                .setContainerPath("/volume")
                .setReadonly(true)
                .setImage(ImageSpec.newBuilder().setImage(volume).setUserSpecifiedImage(volume))
                .setImageSubPath(subPath);
    }

    private static void assertRefused(Mount.Builder mount, Status.Code code, String word) {
        PodSandboxConfig pod = node.pod("volume").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig container = node.container("volume", "true").addMounts(mount).build();
        StatusRuntimeException error =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> node.kubelet().create(podId, pod, container));
        assertThat(error).as("refusal of %s", mount).isNotNull();
        assertThat(error.getStatus().getCode()).as(error.getMessage()).isEqualTo(code);
        assertThat(error.getStatus().getDescription())
                .startsWith("ImageVolumeMountFailed: ")
                .contains(word);
        assertThat(node.kubelet().containers()).isEmpty();
        node.kubelet().removePod(podId);
    }

    private static String run(Mount first, Mount.Builder... more) {
        PodSandboxConfig pod = node.pod("volume").build();
        ContainerConfig.Builder container =
                node.container("volume", "sleep", "100").addMounts(first);
        for (Mount.Builder each : more) {
            container.addMounts(each);
        }
        return node.kubelet().run(node.kubelet().runPod(pod), pod, container.build());
    }

    private static String out(String id, String script) {
        return node.kubelet()
                .exec(id, "sh", "-c", script)
                .getStdout()
                .toStringUtf8()
                .replaceFirst("\n$", "");
    }
}
