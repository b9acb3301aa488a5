package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.Mount;
import carafe.proto.cri.PodSandboxConfig;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A volume of two pods: a container of one swaps a directory in it with a link as fast as it can,
 * while containers of the other are mounted on what is below. The shim's SwapIT holds each step;
 * here many are tried at full speed.
 */
@Timeout(120)
@ShimOnly(
        "runc before 1.1.14 makes empty files and directories on the machine when it loses this race (CVE-2024-45310)")
final class SwappedMountIT {
    @RegisterExtension static final Node node = new Node();

    private static String probe = "";

    private Canary canary;
    private Path volume;

    @BeforeAll
    static void pullProbe() throws IOException, InterruptedException {
        probe = node.images().probe();
        node.kubelet().pull(probe);
    }

    @BeforeEach
    void makeVolume() throws IOException {
        Path scratch = Files.createTempDirectory(node.instance().scratch(), "swap");
        canary = Canary.make(scratch.resolve("canary"));
        volume = Files.createDirectories(scratch.resolve("volume"));
    }

    @AfterEach
    void canaryIsIntact() throws IOException {
        canary.assertIntact();
    }

    /** E05 and E11, in short. */
    @Test
    void targetsThatBecomeLinks() throws IOException {
        mountOnWhatIsSwapped(20);
    }

    /** E05 and E11. */
    @Tag("security")
    @Test
    @Timeout(1800)
    void targetsThatBecomeLinksTwoThousandTimes() throws IOException {
        mountOnWhatIsSwapped(2000);
    }

    private void mountOnWhatIsSwapped(int rounds) throws IOException {
        Files.createDirectories(volume.resolve("a/sub"));
        Files.createSymbolicLink(volume.resolve("b"), canary.path());
        Path source = Files.createDirectories(volume.resolveSibling("source"));
        Path file = Files.writeString(volume.resolveSibling("file"), "mine");
        PodSandboxConfig other = node.pod("swapper").build();
        node.kubelet()
                .run(
                        node.kubelet().runPod(other),
                        other,
                        node.container("swapper", "/probe", "swap", "/v/a", "/v/b")
                                .setImage(ImageSpec.newBuilder().setImage(probe))
                                .addMounts(mount(volume, "/v"))
                                .build());
        PodSandboxConfig pod = node.pod("victim").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig victim =
                node.container("victim", "sh", "-c", "cat /v/a/file /v/b/file; sleep 1000")
                        .addMounts(mount(volume, "/v"))
                        .addMounts(mount(source, "/v/a/sub"))
                        .addMounts(mount(source, "/v/a/new/dir"))
                        .addMounts(mount(file, "/v/a/newfile"))
                        .build();
        int created = 0;
        for (int i = 0; i < rounds; i++) {
            created += createAndRemove(podId, pod, victim);
            if (i % 10 == 0) {
                canary.assertIntact();
            }
        }
        assertThat(created).as("containers that came to be").isPositive();
        assertThat(Files.readString(Node.log(pod, "victim"))).doesNotContain(Canary.TEXT);
    }

    /** Refused is as good as created. */
    private static int createAndRemove(String podId, PodSandboxConfig pod, ContainerConfig victim) {
        try {
            String id = node.kubelet().run(podId, pod, victim);
            node.kubelet().remove(id);
            return 1;
        } catch (StatusRuntimeException e) {
            assertThat(e).hasMessageContaining("mounts.");
            return 0;
        }
    }

    /** E15, in short. */
    @Test
    void sourcesThatBecomeLinks() throws IOException, InterruptedException {
        swapSourceBeforeStart(3);
    }

    /** E15. */
    @Tag("security")
    @Test
    @Timeout(900)
    void sourcesThatBecomeLinksAThousandTimes() throws IOException, InterruptedException {
        swapSourceBeforeStart(1000);
    }

    private void swapSourceBeforeStart(int rounds) throws IOException, InterruptedException {
        Path source = Files.createDirectories(volume.resolve("source"));
        Files.writeString(source.resolve("file"), "as created");
        PodSandboxConfig pod = node.pod("source").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig container =
                node.container("source", "cat", "/v/file").addMounts(mount(source, "/v")).build();
        for (int i = 0; i < rounds; i++) {
            String id = node.kubelet().create(podId, pod, container);
            Path aside = volume.resolve("aside");
            Files.move(source, aside);
            Files.createSymbolicLink(source, canary.path());
            node.kubelet().start(id);
            node.kubelet().awaitExit(id, Duration.ofSeconds(20));
            Files.delete(source);
            Files.move(aside, source);
            assertThat(Files.readString(Node.log(pod, "source"))).contains("as created");
            assertThat(Files.readString(Node.log(pod, "source"))).doesNotContain(Canary.TEXT);
            node.kubelet().remove(id);
            Files.delete(Node.log(pod, "source"));
        }
    }

    private static Mount mount(Path source, String target) {
        return Mount.newBuilder().setHostPath(source.toString()).setContainerPath(target).build();
    }
}
