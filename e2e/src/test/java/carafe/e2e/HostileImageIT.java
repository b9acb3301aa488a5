package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerStatus;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.Mount;
import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.image.TarBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that mean harm: what they name as their own must stay their own. */
@Timeout(120)
final class HostileImageIT {
    @RegisterExtension static final Node node = new Node();

    private static ForgedImages forged;

    private Canary canary;
    private PodSandboxConfig pod;
    private String podId;

    @BeforeAll
    static void serve() throws IOException {
        forged = ForgedImages.serve();
    }

    @AfterAll
    static void close() throws IOException {
        forged.close();
    }

    @BeforeEach
    void makeCanaryAndPod() throws IOException {
        canary =
                Canary.make(Files.createTempDirectory(node.instance().scratch(), "c").resolve("x"));
        pod = node.pod("hostile").build();
        podId = node.kubelet().runPod(pod);
    }

    @AfterEach
    void canaryIsIntact() throws IOException {
        forged.removePulled(node);
        canary.assertIntact();
    }

    /** E06, E10: refused by name, or covered by a fresh file system. */
    @ParameterizedTest
    @ValueSource(strings = {"proc", "sys", "dev"})
    void aSystemDirectoryThatIsNone(String name) throws InterruptedException {
        String up = "../../../../../../../.." + canary.path();
        List<TarBuilder> shapes =
                List.of(
                        new TarBuilder().symlink(name, canary.path().toString()),
                        new TarBuilder().symlink(name, up),
                        new TarBuilder().symlink("a", canary.path().toString()).symlink(name, "a"),
                        new TarBuilder().symlink("a", name).symlink(name, "a"),
                        new TarBuilder().symlink(name, "/etc"),
                        new TarBuilder().file(name, "a file"));
        for (TarBuilder shape : shapes) {
            String image = pulled("{}", shape);
            long begin = System.nanoTime();
            StatusRuntimeException refusal = refusal(container(image, "true").build());
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(10));
            assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(refusal).hasMessageContaining("/" + name);
        }
        assertThat(node.kubelet().containers()).isEmpty();
    }

    /** E06, E07: nothing of a volume takes procfs's place, wholly or in part. */
    @Test
    @ShimOnly("runc refuses with words of its own, as an internal error")
    void aVolumeOnProc() throws InterruptedException {
        String image = pulled("{}", new TarBuilder().dir("x"));
        for (String target :
                List.of(
                        "/proc",
                        "/proc/self/attr",
                        "/proc/sys/kernel",
                        "/proc/1",
                        "/x/../proc/self/attr/current")) {
            Mount volume =
                    Mount.newBuilder()
                            .setHostPath(canary.path().toString())
                            .setContainerPath(target)
                            .build();
            StatusRuntimeException refusal =
                    refusal(container(image, "true").addMounts(volume).build());
            assertThat(refusal.getStatus().getCode())
                    .as(target)
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    /** E08, E09, E10: names of the image below /dev, where masks and terminals come from. */
    @Test
    void linksBelowDev() throws IOException, InterruptedException {
        String config = "{\"Env\":[\"PATH=/bin\"]}";
        TarBuilder dev =
                new TarBuilder()
                        .dir("dev")
                        .symlink("dev/null", "/proc/sys/kernel/core_pattern")
                        .symlink("dev/console", canary.path() + "/file")
                        .symlink("dev/pts", canary.path().toString())
                        .symlink("dev/ptmx", canary.path() + "/ptmx")
                        .symlink("dev/shm", canary.path().toString());
        String pattern = Files.readString(Path.of("/proc/sys/kernel/core_pattern"));
        String script =
                "stat -L -c %t:%T /dev/console /proc/self/fd/0; stat -c %t:%T /dev/null /proc/keys"
                        + " /proc/interrupts /proc/timer_list; grep -c ' - proc ' /proc/self/mountinfo;"
                        + " grep ' - proc ' /proc/self/mountinfo | grep -c ' /proc rw'; ls /dev/shm;"
                        + " echo x > /dev/null";
        ContainerConfig container =
                container(pulled(config, dev), "sh", "-c", script).setTty(true).build();
        String id = node.kubelet().run(podId, pod, container);
        node.kubelet().awaitExit(id, Duration.ofSeconds(20));

        List<String> lines = Logs.of(pod, "hostile");
        assertThat(lines.get(0)).startsWith("88:").isEqualTo(lines.get(1));
        assertThat(lines.subList(2, 6)).containsOnly("1:3");
        assertThat(lines.get(7)).as("writable mounts of procfs: /proc itself").isEqualTo("1");
        assertThat(Files.readString(Path.of("/proc/sys/kernel/core_pattern"))).isEqualTo(pattern);
    }

    /** E16: a working directory through links is made inside, and an existing one is left alone. */
    @Test
    @ShimOnly("runc makes the working directory itself and does not follow links")
    void aWorkingDirectoryThroughLinks() throws IOException, InterruptedException {
        String up = "../../../../../../../.." + canary.path();
        TarBuilder links =
                new TarBuilder()
                        .symlink("abs", canary.path().toString())
                        .symlink("up", up)
                        .symlink("chain", "abs")
                        .dir("home")
                        .symlink("home/in", "/abs")
                        .entry("mine/", '5', "", new TarBuilder.Attributes(0710, 33, 44, 1));
        for (String work :
                List.of("/abs/new", "/up/new", "/chain/sub/new", "/home/in/new", "/abs")) {
            String config = "{\"Env\":[\"PATH=/bin\"],\"WorkingDir\":\"%s\"}".formatted(work);
            String image = pulled(config, links);
            String id =
                    node.kubelet().run(podId, pod, container(image, "sh", "-c", "ls -a .").build());
            ContainerStatus status = node.kubelet().awaitExit(id, Duration.ofSeconds(20));
            assertThat(status.getExitCode()).as(work).isZero();
            assertThat(Files.readString(Node.log(pod, "hostile"))).doesNotContain("ptmx");
            node.kubelet().remove(id);
            Files.delete(Node.log(pod, "hostile"));
        }
        String image = pulled("{\"Env\":[\"PATH=/bin\"],\"WorkingDir\":\"/mine\"}", links);
        String stat = "stat -c %a:%u:%g .";
        String id = node.kubelet().run(podId, pod, container(image, "sh", "-c", stat).build());
        node.kubelet().awaitExit(id, Duration.ofSeconds(20));
        assertThat(Logs.of(pod, "hostile")).containsExactly("710:33:44");
    }

    /** E02: a directory of the node cannot be reached through a descriptor's name. */
    @Test
    @ShimOnly("runc refuses with words of its own")
    void aWorkingDirectoryThroughADescriptor() throws InterruptedException {
        for (String work : List.of("/proc/self/fd/7", "/proc/self/fd/3/..", "/dev/fd/9")) {
            String image =
                    pulled("{\"WorkingDir\":\"%s\"}".formatted(work), new TarBuilder().dir("x"));
            assertThatThrownBy(
                            () -> node.kubelet().run(podId, pod, container(image, "true").build()))
                    .as(work)
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("cwd");
        }
    }

    /** E01, in short. */
    @Test
    void theShimsOwnProgramAsEntrypoint() throws IOException, InterruptedException {
        runTheShimsProgram(10);
    }

    /** E01. */
    @Tag("security")
    @Test
    @Timeout(900)
    void theShimsOwnProgramAsEntrypointManyTimes() throws IOException, InterruptedException {
        runTheShimsProgram(200);
    }

    /**
     * A peer in the pod's PID namespace tries to open every program it sees for writing, while
     * containers and execs run whatever /proc/self/exe is at that moment.
     */
    private void runTheShimsProgram(int rounds) throws IOException, InterruptedException {
        String self = pulled("{\"Entrypoint\":[\"/proc/self/exe\"]}", script());
        String image = pulled("{\"Env\":[\"PATH=/bin\"]}", script());
        ShimMemory memory = ShimMemory.of(node.daemon().pid());
        String before = memory.sha256();
        String peer =
                "while :; do for e in /proc/[0-9]*/exe; do"
                        + " ( : >> $e ) 2>/dev/null && readlink $e; done; done";
        String peerId = node.kubelet().run(podId, pod, container(image, "sh", "-c", peer).build());
        for (int i = 0; i < rounds; i++) {
            ContainerConfig attack =
                    container(self)
                            .setLogPath("attack.log")
                            .setMetadata(
                                    container(self).getMetadata().toBuilder().setName("attack"))
                            .build();
            String id = node.kubelet().create(podId, pod, attack);
            try {
                node.kubelet().start(id);
            } catch (StatusRuntimeException e) {
                assertThat(e).hasMessageContaining("exec");
            }
            node.kubelet().awaitExit(id, Duration.ofSeconds(20));
            node.kubelet().remove(id);
            // What they become is of no account; it has the container's rights.
            node.kubelet().exec(peerId, "/proc/self/exe", "container");
            node.kubelet().exec(peerId, "/script");
        }
        assertThat(Files.readString(Node.log(pod, "hostile"))).doesNotContain("memfd", "carafe");
        assertThat(memory.sha256()).isEqualTo(before).isEqualTo(ShimMemory.shipped());
        memory.assertNotWritable();
    }

    /** A script whose interpreter is whoever runs it. */
    private static TarBuilder script() {
        return new TarBuilder()
                .file(
                        "script",
                        "#!/proc/self/exe\n".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        TarBuilder.Attributes.mode(0755));
    }

    private static String pulled(String config, TarBuilder top) {
        return forged.pull(node, config, top);
    }

    private static ContainerConfig.Builder container(String image, String... command) {
        return node.container("hostile", command).setImage(ImageSpec.newBuilder().setImage(image));
    }

    /** The error of creating or starting the container. */
    private StatusRuntimeException refusal(ContainerConfig container) {
        StatusRuntimeException error =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> node.kubelet().run(podId, pod, container));
        assertThat(error).as("refusal of " + container.getImage()).isNotNull();
        return error;
    }
}
