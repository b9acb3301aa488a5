package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.Mount;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.ReopenContainerLogRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where a log is to be, something else lies. */
@Timeout(120)
final class LogPlaceIT {
    @RegisterExtension static final Node node = new Node();

    private static String probe = "";

    @BeforeAll
    static void pullProbe() throws IOException, InterruptedException {
        probe = node.images().probe();
        node.kubelet().pull(probe);
    }

    /** D03: what lies in the place of a log is not written to, before the start and at a reopen. */
    @Test
    void aLogThatIsNoFileOfOurs() throws IOException, InterruptedException {
        Canary canary = Canary.make(node.instance().scratch().resolve("logs"));
        PodSandboxConfig pod = node.pod("log").build();
        String podId = node.kubelet().runPod(pod);
        Path dir = Files.createDirectories(Path.of(pod.getLogDirectory()));
        List<String> paths = new ArrayList<>();
        Files.createSymbolicLink(dir.resolve("link.log"), canary.path().resolve("file"));
        Files.createSymbolicLink(dir.resolve("new.log"), canary.path().resolve("added"));
        Files.createDirectory(dir.resolve("dir.log"));
        Files.createSymbolicLink(dir.resolve("parent"), canary.path());
        assertThat(
                        new ProcessBuilder("mkfifo", dir.resolve("fifo.log").toString())
                                .start()
                                .waitFor())
                .isZero();
        paths.addAll(List.of("link.log", "new.log", "dir.log", "fifo.log", "parent/file"));
        paths.addAll(List.of("parent/added", "../x.log", "/etc/x.log"));
        for (String path : paths) {
            ContainerConfig container =
                    node.container("log", "echo", "said").setLogPath(path).build();
            StatusRuntimeException refusal =
                    catchThrowableOfType(
                            StatusRuntimeException.class,
                            () -> node.kubelet().run(podId, pod, container));
            assertThat(refusal).as(path).isNotNull();
            assertThat(node.kubelet().containers()).as(path).isEmpty();
        }
        canary.assertIntact();
        reopenOverALink(podId, pod, canary);
    }

    private static void reopenOverALink(String podId, PodSandboxConfig pod, Canary canary)
            throws IOException {
        ContainerConfig container =
                node.container("log", "sh", "-c", "while :; do echo said; sleep 0.05; done")
                        .build();
        String id = node.kubelet().run(podId, pod, container);
        Path log = Node.log(pod, "log");
        Path moved = log.resolveSibling("moved");
        Files.move(log, moved);
        Files.createSymbolicLink(log, canary.path().resolve("file"));
        StatusRuntimeException refusal =
                catchThrowableOfType(StatusRuntimeException.class, () -> reopen(id));
        assertThat(refusal).isNotNull();
        node.kubelet().stop(id, 0);
        canary.assertIntact();
    }

    /** D03, in short. */
    @Test
    void aDirectoryThatBecomesALink() throws IOException, InterruptedException {
        reopenBelowWhatIsSwapped(20);
    }

    /** D03. */
    @Tag("security")
    @Test
    @Timeout(600)
    void aDirectoryThatBecomesALinkAThousandTimes() throws IOException, InterruptedException {
        reopenBelowWhatIsSwapped(1000);
    }

    private static void reopenBelowWhatIsSwapped(int rounds)
            throws IOException, InterruptedException {
        Canary canary = Canary.make(node.instance().scratch().resolve("swapped" + rounds));
        PodSandboxConfig pod = node.pod("swapped-log").build();
        String podId = node.kubelet().runPod(pod);
        Path dir = Path.of(pod.getLogDirectory());
        ContainerConfig.Builder talker =
                node.container("talker", "sh", "-c", "while :; do echo said; sleep 0.01; done")
                        .setLogPath("sub/file");
        String id = node.kubelet().run(podId, pod, talker.build());
        Files.createSymbolicLink(dir.resolve("link"), canary.path());
        node.kubelet()
                .run(
                        podId,
                        pod,
                        node.container("swapper", "/probe", "swap", "/v/sub", "/v/link")
                                .setImage(ImageSpec.newBuilder().setImage(probe))
                                .addMounts(
                                        Mount.newBuilder()
                                                .setHostPath(dir.toString())
                                                .setContainerPath("/v"))
                                .build());
        int refused = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        // The swapper may take a while to begin.
        for (int i = 0; i < rounds || (refused == 0 && System.nanoTime() < end); i++) {
            try {
                reopen(id);
            } catch (StatusRuntimeException e) {
                refused++;
            }
        }
        assertThat(refused).as("reopens that met the link").isPositive();
        node.kubelet().stop(id, 0);
        canary.assertIntact();
    }

    private static void reopen(String id) {
        ReopenContainerLogRequest request =
                ReopenContainerLogRequest.newBuilder().setContainerId(id).build();
        node.client().runtime().reopenContainerLog(request);
    }
}
