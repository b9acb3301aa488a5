package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.ImageStatusRequest;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.StatusRequest;
import carafe.testkit.client.LogLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGHUP: a daemon that runs reads its configuration again. */
@Timeout(90)
final class ReloadIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String START = "[log]\nlevel = \"info\"\n";

    @RegisterExtension
    static final Node node =
            new Node(instance -> {
                Files.writeString(file(instance.dir()), START);
                return List.of("--config", file(instance.dir()).toString());
            });

    @Test
    @ShimOnly("the test's new configuration names no handler")
    void whatCanChangeIsTakenOverAndTheRestIsNamed() throws Exception {
        long pid = node.daemon().pid();
        PodSandboxConfig pod = node.pod("stays").build();
        String podId = node.kubelet().runPod(pod);
        String stays =
                node.kubelet().run(podId, pod, node.container("stays", "sleep", "97").build());
        assertThat(isPinned()).isFalse();

        hangUp(
                """
                [log]
                level = "debug"
                max_line = "512B"
                [images]
                pinned = ["%s"]
                [grpc]
                max_message = "8MiB"
                """
                        .formatted(node.images().tools()));

        awaitLog("that need a restart of Carafe keys=\"[grpc.max_message]\"");
        assertThat(node.daemon().log()).contains("images.pinned", "log.level", "log.max_line");
        assertThat(isPinned()).isTrue();
        assertThat(shownConfig())
                .contains("\"level\":\"debug\"")
                .contains("\"max_line\":\"512B\"")
                .contains("\"max_message\":\"16MiB\"");
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container(
                                                "long",
                                                "sh",
                                                "-c",
                                                "head -c 1000 /dev/zero | tr '\\0' x")
                                        .build());
        node.kubelet().awaitExit(id, SOON);
        assertThat(LogLine.readAll(Node.log(pod, "long")).getFirst().text()).hasSize(512);
        assertThat(node.kubelet().exec(stays, "true").getExitCode()).isZero();
        assertThat(node.daemon().pid()).isEqualTo(pid);
        assertThat(node.daemon().isAlive()).isTrue();
    }

    @Test
    void aWrongFileChangesNothingAndIsNamedWithItsLine() throws Exception {
        hangUp("[log]\nlevel = \"info\"\n[images]\npined = []\n");

        awaitLog(file(node.instance().dir()) + ":4: unknown key images.pined");
        assertThat(node.daemon().isAlive()).isTrue();
        node.kubelet().runPod(node.pod("after").build());
        hangUp(START);
        awaitLog("Configuration reloaded");
    }

    private static Path file(Path dir) {
        return dir.resolve("config.toml");
    }

    private static void hangUp(String config) throws IOException, InterruptedException {
        Files.writeString(file(node.instance().dir()), config);
        Process kill =
                new ProcessBuilder("kill", "-HUP", Long.toString(node.daemon().pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static void awaitLog(String text) throws IOException, InterruptedException {
        long end = System.nanoTime() + SOON.toNanos();
        while (!node.daemon().log().contains(text)) {
            assertThat(System.nanoTime())
                    .as("in time: %s%n%s", text, node.daemon().log())
                    .isLessThan(end);
            Thread.sleep(20);
        }
    }

    private static boolean isPinned() {
        return node.client()
                .images()
                .imageStatus(
                        ImageStatusRequest.newBuilder()
                                .setImage(ImageSpec.newBuilder().setImage(node.images().tools()))
                                .build())
                .getImage()
                .getPinned();
    }

    private static String shownConfig() {
        return node.client()
                .runtime()
                .status(StatusRequest.newBuilder().setVerbose(true).build())
                .getInfoOrThrow("config");
    }
}
