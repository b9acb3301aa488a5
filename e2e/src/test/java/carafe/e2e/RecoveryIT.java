package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerState;
import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.daemon.ShimProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a start finds of an earlier life, whole or damaged. */
@Timeout(90)
final class RecoveryIT {
    @RegisterExtension static final Node node = new Node();

    @Test
    void imagesAreStillThere() throws IOException, InterruptedException {
        restart();
        PodSandboxConfig pod = node.pod("again").build();
        String podId = node.kubelet().runPod(pod);

        String id = node.kubelet().run(podId, pod, node.container("again", "true").build());

        assertThat(node.kubelet().awaitExit(id, Duration.ofSeconds(10)).getExitCode()).isZero();
    }

    @Test
    void aDamagedRecordHurtsOnlyItsOwnContainer() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("damaged").build();
        String podId = node.kubelet().runPod(pod);
        String well = node.kubelet().run(podId, pod, node.container("well", "sleep", "55").build());
        String hurt = node.kubelet().run(podId, pod, node.container("hurt", "sleep", "56").build());
        node.daemon().kill();
        Path record = node.instance().root().resolve("containers/" + hurt + "/record.json");
        Files.writeString(record, "{\"version\":");
        node.daemon().start();
        node.client().reconnectNow();

        assertThat(node.kubelet().exec(well, "echo", "well").getStdout().toStringUtf8())
                .isEqualTo("well\n");
        assertThat(node.kubelet().containers())
                .anyMatch(each -> each.getId().equals(well))
                .noneMatch(each ->
                        each.getId().equals(hurt)
                                && each.getState() == ContainerState.CONTAINER_RUNNING);
        node.kubelet().removeEverything();
        deleteWhatWasSetAside(hurt);
    }

    /** What a damaged record holds is kept for the administrator; here that is the test. */
    private static void deleteWhatWasSetAside(String id) throws IOException {
        try (Stream<Path> tree = Files.walk(node.instance().root())) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                if (file.toString().contains(id)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    @Test
    void aKilledShimIsAnEndedContainer() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("no-shim").build();
        String podId = node.kubelet().runPod(pod);
        List<ShimProcess> before = ShimProcess.of(node.instance());
        String id = node.kubelet().run(podId, pod, node.container("c", "sleep", "57").build());
        HostProcess process = HostProcess.find(node.instance(), "sleep", "57");
        for (ShimProcess shim : ShimProcess.of(node.instance())) {
            if (!before.contains(shim) && shim.pid() > 1) {
                ProcessHandle.of(shim.pid()).ifPresent(ProcessHandle::destroyForcibly);
            }
        }

        assertThat(node.kubelet().awaitExit(id, Duration.ofSeconds(10)).getExitCode()).isNotZero();
        assertThat(process.endsWithin(Duration.ofSeconds(5)))
                .as("end of an init without an owner")
                .isTrue();
    }

    @Test
    void aStartAfterAStartFindsNothingToDo() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("stays").build();
        String podId = node.kubelet().runPod(pod);
        restart();
        restart();

        assertThat(node.kubelet().pods()).singleElement().extracting("id").isEqualTo(podId);
    }

    private static void restart() throws IOException, InterruptedException {
        node.daemon().kill();
        node.daemon().start();
        node.client().reconnectNow();
    }
}
