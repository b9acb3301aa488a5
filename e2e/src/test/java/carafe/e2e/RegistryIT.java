package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.AuthConfig;
import carafe.proto.cri.ContainerStatusResponse;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PullImageRequest;
import carafe.proto.cri.RemoveImageRequest;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.Answer;
import carafe.testkit.registry.Gate;
import carafe.testkit.registry.ScriptedRegistry;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What registries and their images may try with a whole daemon; and what its users see of a pull.
 */
@Timeout(120)
final class RegistryIT {
    private static final String SECRET = "marker-5ecret-of-nobody";
    private static final int METRICS = freePort();

    @RegisterExtension
    static final Node node = new Node(_ -> List.of("--metrics-address", "127.0.0.1:" + METRICS));

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String metrics() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:%d/metrics".formatted(METRICS));
            return http.send(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** What a registry answers in the wrong place; each shows what it was given, where it can. */
    private static List<Answer> wrongAnswers() {
        String echo = "{\"errors\":[{\"code\":\"%1$s\",\"message\":\"%1$s\"}]}".formatted(SECRET);
        List<Answer> answers = new ArrayList<>();
        for (int status : List.of(400, 401, 403, 404, 405, 410, 418, 451)) {
            answers.add(Answer.text(status, "application/json", echo));
        }
        answers.add(Answer.redirect(307, "http://169.254.169.254/?token=" + SECRET));
        answers.add(Answer.redirect(302, "file:///etc/passwd?" + SECRET));
        answers.add(Answer.redirect(301, "http://user:" + SECRET + "@127.0.0.1/"));
        answers.add(Answer.redirect(308, ":::" + SECRET));
        return answers;
    }

    private static AuthConfig auth(int number) {
        String pair = "me:" + SECRET;
        AuthConfig.Builder auth = AuthConfig.newBuilder();
        return switch (number % 2) {
            case 0 -> auth.setUsername("me").setPassword(SECRET).build();
            default ->
                    auth.setAuth(
                                    Base64.getEncoder()
                                            .encodeToString(pair.getBytes(StandardCharsets.UTF_8)))
                            .build();
        };
    }

    private static String failure(String reference, AuthConfig auth) {
        PullImageRequest request =
                PullImageRequest.newBuilder()
                        .setImage(ImageSpec.newBuilder().setImage(reference))
                        .setAuth(auth)
                        .build();
        try {
            return "no failure: " + node.client().images(Duration.ofSeconds(60)).pullImage(request);
        } catch (StatusRuntimeException e) {
            return e.getStatus() + " " + e.getTrailers();
        }
    }

    /** G12. */
    @Test
    void secretsAreInNoErrorNoLogNoMetricAndNoFile() throws Exception {
        List<ScriptedRegistry> registries = new ArrayList<>();
        List<Callable<String>> pulls = new ArrayList<>();
        for (String where : List.of("/manifests/", "/blobs/", "/token")) {
            for (Answer wrong : wrongAnswers()) {
                ScriptedRegistry registry = ScriptedRegistry.start();
                registries.add(registry);
                registry.gate(Gate.Bearer.of("http://" + registry.host() + "/token", "me", SECRET));
                int number = pulls.size();
                TestImage image =
                        TestImage.oci(
                                TestLayer.gzip(new TarBuilder().file("n" + number, "x").build()));
                String reference = registry.push("private/app", "v1", image);
                registry.script(where, wrong, wrong, wrong, wrong, wrong, wrong);
                pulls.add(() -> failure(reference, auth(number)));
            }
        }
        List<String> failures = new ArrayList<>();
        try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<String> each : all.invokeAll(pulls)) {
                failures.add(each.get());
            }
        } finally {
            for (ScriptedRegistry registry : registries) {
                registry.close();
            }
        }
        assertThat(failures).hasSize(36).noneMatch(failure -> failure.startsWith("no failure"));
        String encoded =
                Base64.getEncoder()
                        .encodeToString(("me:" + SECRET).getBytes(StandardCharsets.UTF_8));
        List<String> seen = new ArrayList<>(failures);
        seen.add(node.daemon().log());
        seen.add(metrics());
        assertThat(seen)
                .allSatisfy(
                        text -> assertThat(text).doesNotContain(SECRET, encoded, "secret-token-"));
        for (Path file : filesOf(node.instance().root())) {
            String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            assertThat(content.contains(SECRET)).as("%s", file).isFalse();
        }
    }

    private static void remove(String reference) {
        node.client()
                .images(Duration.ofSeconds(60))
                .removeImage(
                        RemoveImageRequest.newBuilder()
                                .setImage(ImageSpec.newBuilder().setImage(reference))
                                .build());
    }

    private static List<Path> filesOf(Path dir) throws IOException {
        try (Stream<Path> all = Files.walk(dir)) {
            return all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .filter(path -> path.toFile().length() < 4 << 20)
                    .toList();
        }
    }

    /** C01, C02: labels and volumes of an image are words, not orders. */
    @Test
    @ShimOnly("runc looks for the command when it creates, before the start")
    void whatAnImageSaysOfItselfSelectsNothing() throws Exception {
        String canary = "canary-" + System.nanoTime();
        Files.writeString(node.instance().scratch().resolve("canary"), canary);
        String volumes =
                Stream.of(
                                "/../..",
                                "/",
                                "..",
                                node.instance().scratch().toString(),
                                "/link",
                                "/proc/self/root",
                                "//a/./../link/b",
                                "relative")
                        .map(path -> "\"%s\":{}".formatted(path))
                        .reduce((a, b) -> a + "," + b)
                        .orElseThrow();
        String labels =
                """
                "io.kubernetes.cri.sandbox-id":"x","io.containerd.image.x":"touch /tmp/never",
                "carafe.exec":"/bin/sh","io.kubernetes.container.name":"forged"\
                """;
        TestImage image =
                TestImage.oci(
                        "{\"Volumes\":{%s},\"Labels\":{%s}}".formatted(volumes, labels),
                        TestLayer.gzip(
                                new TarBuilder()
                                        .symlink("link", node.instance().scratch().toString())
                                        .file("x", "x")
                                        .build()));
        try (ScriptedRegistry registry = ScriptedRegistry.start()) {
            String reference = registry.push("hostile", "1", image);
            node.kubelet().pull(reference);
            PodSandboxConfig pod = node.pod("hostile").build();
            String podId = node.kubelet().runPod(pod);
            String id =
                    node.kubelet()
                            .create(
                                    podId,
                                    pod,
                                    node.container("hostile", "/none")
                                            .setImage(ImageSpec.newBuilder().setImage(reference))
                                            .build());
            ContainerStatusResponse status = node.kubelet().verboseStatus(id);
            assertThat(status.getStatus().getLabelsMap()).isEmpty();
            assertThat(status.getStatus().getAnnotationsMap()).isEmpty();
            assertThat(status.getStatus().getMountsList()).isEmpty();
            assertThat(status.getInfoMap().values())
                    .allSatisfy(info -> assertThat(info).doesNotContain("touch /tmp/never"));
            for (Path file : filesOf(node.instance().root())) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain(canary);
            }
            node.kubelet().removeEverything();
            remove(reference);
        }
    }

    @Test
    void aPullCanBeWatchedAndPrintsItsId() throws Exception {
        TestLayer layer =
                TestLayer.gzip(new TarBuilder().file("watched", "y".repeat(50_000)).build());
        TestImage image = TestImage.oci(layer);
        try (ScriptedRegistry registry = ScriptedRegistry.start()) {
            String reference = registry.push("watched", "1", image);
            registry.script(layer.blob().digest(), Answer.late(Duration.ofSeconds(4)));
            Process pull =
                    new ProcessBuilder(
                                    "./carafe",
                                    "image",
                                    "pull",
                                    reference,
                                    "--socket=" + node.instance().socket())
                            .directory(Path.of("..").toFile())
                            .start();
            String row = "carafe_pull_bytes{image=\"%s\",kind=\"total\"} ".formatted(reference);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!metrics().contains(row)) {
                assertThat(System.nanoTime()).as("the pull is never seen").isLessThan(end);
                Thread.sleep(20);
            }
            assertThat(metrics()).contains("carafe_pull_queue_position{image=");
            String said = new String(pull.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(pull.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(said.strip()).isEqualTo(image.id());
            assertThat(metrics()).doesNotContain(row);
            remove(reference);
        }
        assertThatThrownBy(() -> node.kubelet().pull("127.0.0.1:1/absent:1"))
                .hasMessageContaining("RegistryUnavailable");
    }
}
