package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.FilesystemUsage;
import carafe.proto.cri.ImageFsInfoRequest;
import carafe.proto.cri.ImageFsInfoResponse;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.Mount;
import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.daemon.Checkout;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.ScriptedRegistry;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the image store proves, refuses and tells, by the carafe command and over the socket. */
@Timeout(180)
final class ImageStoreIT {
    @RegisterExtension
    static final Node node =
            new Node(instance -> {
                Path config = instance.dir().resolve("config.toml");
                Files.writeString(
                        config,
                        """
                        [images]
                        signature_policy = "%s"
                        [writable_layers]
                        limit = "1GiB"
                        """
                                .formatted(policy(instance.dir())));
                return List.of("--config", config.toString());
            });

    private static Path policy(Path dir) {
        return dir.resolve("signatures.toml");
    }

    private record Ended(int code, String said) {}

    private static Ended carafe(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Checkout.find().resolve("carafe").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("--socket", node.instance().socket().toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CARAFE_BUILD", "never");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(said).isTrue();
        return new Ended(process.exitValue(), said);
    }

    private static Path unpacked(String path) throws IOException {
        try (Stream<Path> layers = Files.list(node.instance().root().resolve("layers"))) {
            return layers.map(layer -> layer.resolve("fs").resolve(path))
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The image shares its layer with no other one, which would keep the damaged tree. */
    @Test
    void aFlippedByteIsFoundAndPullingAgainMendsIt() throws Exception {
        TestImage made =
                TestImage.oci(
                        TestLayer.gzip(new TarBuilder().file("flipped", "z".repeat(9000)).build()));
        try (ScriptedRegistry registry = ScriptedRegistry.start()) {
            String image = registry.push("flipped", "1", made);
            node.kubelet().pull(image);
            Ended whole = carafe("image", "verify", image);
            assertThat(whole.said()).contains("1 images, 1 layers").contains("as it was pulled");
            assertThat(whole.code()).isZero();

            flip(unpacked("flipped"));
            Ended damaged = carafe("image", "verify");
            assertThat(damaged.said()).contains("damaged").contains("/flipped differs in");
            assertThat(damaged.code()).isEqualTo(1);

            Ended removed = carafe("image", "remove", image, "never.example/pulled:1");
            assertThat(removed.said())
                    .contains("removed " + image)
                    .contains("there is no image never.example/pulled:1");
            assertThat(removed.code()).isZero();
            assertThat(carafe("image", "list").said()).doesNotContain(image);
            node.kubelet().pull(image);
            assertThat(carafe("image", "verify", image).code()).isZero();
            remove(image);
        }
    }

    private static void flip(Path file) throws IOException {
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.seek(5000);
            int before = content.read();
            content.seek(5000);
            content.write(before ^ 8);
        }
    }

    /** What a test leaves fails it; an image that no other test has is removed by itself. */
    private static void remove(String image) {
        node.kubelet().removeImage(image);
    }

    @Test
    void imagesAndContainersAreToldApart() throws Exception {
        node.kubelet().pull(node.images().tools());
        ImageFsInfoResponse before = usage();
        PodSandboxConfig pod = node.pod("writes").build();
        String podId = node.kubelet().runPod(pod);
        node.kubelet()
                .run(
                        podId,
                        pod,
                        node.container(
                                        "writes",
                                        "sh",
                                        "-c",
                                        "head -c 8388608 /dev/zero > /written; sync; sleep 100")
                                .build());

        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (used(usage().getContainerFilesystems(0)) < 8 << 20 && System.nanoTime() < end) {
            Thread.sleep(500);
        }
        ImageFsInfoResponse after = usage();
        assertThat(used(after.getContainerFilesystems(0))).isGreaterThanOrEqualTo(8 << 20);
        assertThat(used(after.getImageFilesystems(0)))
                .isEqualTo(used(before.getImageFilesystems(0)));
    }

    /** Containers of this class run all the same. */
    @Test
    void aLimitThatCannotHoldIsToldAtTheStart() throws Exception {
        String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
        assumeThat(mounts).as("no file system with project quotas").doesNotContain("prjquota");
        assertThat(node.daemon().log())
                .contains("writable_layers.limit has no effect", "does not limit projects");
    }

    private static ImageFsInfoResponse usage() {
        return node.client().images().imageFsInfo(ImageFsInfoRequest.getDefaultInstance());
    }

    private static long used(FilesystemUsage usage) {
        return usage.getUsedBytes().getValue();
    }

    /** How signatures are verified is SignatureIT's; this is what kubelet hears of it. */
    @Test
    void whatThePolicyRefusesIsNeitherPulledNorUsed() throws Exception {
        String image = node.images().tools();
        node.kubelet().pull(image);
        PodSandboxConfig pod = node.pod("policy").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig container = node.container("policy", "true").build();
        ContainerConfig mounts =
                node.container("mounts", "true")
                        .addMounts(
                                Mount.newBuilder()
                                        .setContainerPath("/volume")
                                        .setReadonly(true)
                                        .setImage(ImageSpec.newBuilder().setImage(image)))
                        .build();
        String registry = node.images().registry().address();
        Path policy = policy(node.instance().dir());
        Files.writeString(
                policy, "[prefix.\"%s/debian\"]\npolicy = \"reject\"\n".formatted(registry));
        try {
            expect("SignatureValidationFailed: ", () -> node.kubelet().pull(image));
            expect(
                    "SignatureValidationFailed: ",
                    () -> node.kubelet().create(podId, pod, container));
            Files.writeString(policy, "default = \"acept\"\n");
            StatusRuntimeException error =
                    catchThrowableOfType(
                            StatusRuntimeException.class,
                            () -> node.kubelet().create(podId, pod, mounts));
            assertThat(error.getStatus().getDescription())
                    .startsWith("ImageVolumeMountFailed: ")
                    .contains("SignatureValidationFailed: ", policy + ":1: ");
            Files.writeString(
                    policy, "[prefix.\"%s/other\"]\npolicy = \"reject\"\n".formatted(registry));
            node.kubelet().pull(image);
            node.kubelet().create(podId, pod, container);
        } finally {
            Files.delete(policy);
        }
        node.kubelet().create(podId, pod, mounts);
    }

    /** What an image declares as volume is writable with a read-only root, and of the container. */
    @Test
    void volumesOfTheImageStayWritable() throws Exception {
        Path tree = Files.createTempDirectory(node.images().scratch(), "declared");
        Files.createDirectory(tree.resolve("data"));
        Files.writeString(tree.resolve("data/seed"), "of the image");
        Files.createSymbolicLink(tree.resolve("outside"), node.instance().scratch());
        Files.createSymbolicLink(tree.resolve("up"), Path.of("../../../../../../etc"));
        node.images().directory().copy("small", "declared");
        node.images().directory().addTree("declared", tree);
        node.images()
                .directory()
                .configure(
                        "declared",
                        "--config.volume=/data",
                        "--config.volume=/made/new",
                        "--config.volume=/../..",
                        "--config.volume=up/made",
                        "--config.volume=/outside/made",
                        "--config.volume=/proc/sys");
        ImageSpec image =
                ImageSpec.newBuilder()
                        .setImage(
                                node.images()
                                        .registry()
                                        .push(
                                                node.images().directory().image("declared"),
                                                "debian/declared:1"))
                        .build();
        node.kubelet().pull(image.getImage());
        PodSandboxConfig pod = node.pod("declared").build();
        String podId = node.kubelet().runPod(pod);
        String script =
                "cat /data/seed; echo more > /data/seed; echo x > /made/new/x && cat /made/new/x /data/seed;"
                        + " touch /data2 /made/x /etc/x 2>&1 | grep -c Read-only; ls /data";

        for (String name : List.of("one", "two")) {
            String id = node.kubelet().run(podId, pod, declared(name, image).build());
            String out = node.kubelet().exec(id, "sh", "-c", script).getStdout().toStringUtf8();
            assertThat(out).as(name).isEqualTo("of the imagex\nmore\n3\nseed\n");
        }
        try (Stream<Path> made = Files.list(node.instance().scratch())) {
            assertThat(made.filter(each -> each.endsWith("made"))).isEmpty();
        }
        Path own = Files.createTempDirectory(node.instance().scratch(), "own");
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                declared("three", image)
                                        .addMounts(
                                                Mount.newBuilder()
                                                        .setContainerPath("/data")
                                                        .setHostPath(own.toString()))
                                        .build());
        assertThat(node.kubelet().exec(id, "ls", "/data").getStdout().isEmpty())
                .as("a mount of the request wins")
                .isTrue();
        remove(image.getImage());
    }

    private static ContainerConfig.Builder declared(String name, ImageSpec image) {
        return node.container(name, "sleep", "100")
                .setImage(image)
                .setLinux(
                        LinuxContainerConfig.newBuilder()
                                .setSecurityContext(
                                        LinuxContainerSecurityContext.newBuilder()
                                                .setReadonlyRootfs(true)));
    }

    private static void expect(String beginning, ThrowingCallable call) {
        StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(error).as("refusal").isNotNull();
        assertThat(error.getStatus().getDescription()).startsWith(beginning);
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
    }
}
