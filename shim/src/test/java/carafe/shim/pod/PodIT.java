package carafe.shim.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.shim.wire.Codec;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Role pod of the compiled program on the real kernel. */
final class PodIT {
    private static final Path PROGRAM =
            Path.of("target/classes/carafe/shim/carafe-shim").toAbsolutePath();

    @TempDir Path bundle;
    private int holder;

    @BeforeEach
    void needsRoot() {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "skipped: namespaces and mounts need root");
    }

    @AfterEach
    void end() throws Exception {
        if (holder > 1) {
            ProcessHandle.of(holder).ifPresent(ProcessHandle::destroyForcibly);
        }
        if (Files.exists(bundle.resolve("mem"))) {
            run("umount", "-l", bundle.resolve("mem").toString());
        }
    }

    @Test
    void holdsItsNamespacesWithLoopbackUpAndTheHostnameSet() throws Exception {
        Reply.PodReady ready =
                start(
                        """
                        {"version":1,"id":"p","hostname":"web-1","namespaces":["net","ipc","uts"],
                         "sysctls":{"net.ipv4.ip_unprivileged_port_start":"0","kernel.shm_rmid_forced":"1"}}\
                        """);

        assertThat(namespace(ready.pid(), "net"))
                .isNotEqualTo(namespace((int) ProcessHandle.current().pid(), "net"));
        assertThat(namespace(ready.pid(), "pid"))
                .isEqualTo(namespace((int) ProcessHandle.current().pid(), "pid"));
        String inside =
                run(
                        "nsenter",
                        "-t",
                        Integer.toString(ready.pid()),
                        "-n",
                        "-u",
                        "-i",
                        "sh",
                        "-c",
                        "hostname; ip -o addr show lo; cat /proc/sys/net/ipv4/ip_unprivileged_port_start");
        assertThat(inside).startsWith("web-1\n").contains("127.0.0.1/8").endsWith("\n0\n");
        assertThat(Files.readString(bundle.resolve("pid")))
                .isEqualTo(ready.pid() + " " + ready.startTicks() + "\n");
    }

    @Test
    void theHolderShowsNothingOfTheHostAndCanDoNothing() throws Exception {
        Reply.PodReady ready =
                start("{\"version\":1,\"id\":\"p\",\"namespaces\":[\"net\",\"pid\"]}");
        Path proc = Path.of("/proc", Integer.toString(ready.pid()));

        String status = Files.readString(proc.resolve("status"));
        assertThat(status)
                .contains("Name:\tcarafe-shim\n")
                .contains("CapEff:\t0000000000000000\n")
                .contains("CapBnd:\t0000000000000000\n")
                .contains("Seccomp:\t2\n")
                .contains("NoNewPrivs:\t1\n")
                .containsPattern("NSpid:\t\\d+\t1\n");
        assertThat(proc.resolve("fd")).isEmptyDirectory();
        assertThat(proc.resolve("root").toFile().list()).isEmpty();
        assertThat(Files.readString(proc.resolve("mountinfo")).lines()).hasSize(1);
        assertThat(Files.readString(proc.resolve("cmdline"))).startsWith("carafe-shim");
    }

    @Test
    void orphansOfASharedPidNamespaceVanish() throws Exception {
        Reply.PodReady ready = start("{\"version\":1,\"id\":\"p\",\"namespaces\":[\"pid\"]}");
        String pid = Integer.toString(ready.pid());

        run("nsenter", "-t", pid, "-p", "sh", "-c", "(sleep 0.1 & exit 0) & exit 0");

        String left = "";
        for (int i = 0; i < 50; i++) {
            Thread.sleep(50);
            left = run("ps", "--no-headers", "--ppid", pid, "-o", "stat,comm");
            if (left.isEmpty()) {
                break;
            }
        }
        assertThat(left).isEmpty();
    }

    @Test
    void theTmpfsIsTheOnlyMountOnTheHostAndBounded() throws Exception {
        Files.createDirectory(bundle.resolve("mem"));
        long before = mounts();

        start("{\"version\":1,\"id\":\"p\",\"namespaces\":[\"net\"],\"memBytes\":65536}");

        assertThat(mounts()).isEqualTo(before + 1);
        assertThat(run("findmnt", "-n", "-o", "FSTYPE,SIZE", bundle.resolve("mem").toString()))
                .contains("tmpfs")
                .contains("64K");
    }

    @Test
    void aFailingStepIsReportedAndLeavesNothing() throws Exception {
        Files.createDirectory(bundle.resolve("mem"));
        long before = mounts();

        Message reply =
                launch(
                        """
                        {"version":1,"id":"p","namespaces":["net"],"memBytes":65536,
                         "sysctls":{"net.no.such.thing":"1"}}\
                        """);

        assertThat(reply).isInstanceOf(Reply.Failed.class);
        Reply.Failed failed = (Reply.Failed) reply;
        assertThat(failed.step()).isEqualTo("pod.sysctl");
        assertThat(failed.path()).contains("net/no/such/thing");
        assertThat(failed.errno()).isEqualTo(2);
        assertThat(mounts()).isEqualTo(before);
    }

    @Test
    void anUnknownNamespaceIsRefusedByName() throws Exception {
        Message reply = launch("{\"version\":1,\"id\":\"p\",\"namespaces\":[\"mnt\"]}");

        assertThat(((Reply.Failed) reply).text()).contains("mnt");
    }

    private Reply.PodReady start(String spec) throws Exception {
        Message reply = launch(spec);
        assertThat(reply).isInstanceOf(Reply.PodReady.class);
        Reply.PodReady ready = (Reply.PodReady) reply;
        holder = ready.pid();
        return ready;
    }

    private Message launch(String spec) throws Exception {
        Files.writeString(bundle.resolve("shim.json"), spec);
        ProcessBuilder builder = new ProcessBuilder(PROGRAM.toString(), "pod");
        builder.directory(bundle.toFile()).environment().clear();
        builder.redirectError(bundle.resolve("shim.log").toFile());
        Process launcher = builder.start();
        byte[] result = launcher.getInputStream().readAllBytes();
        assertThat(launcher.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(result).as(Files.readString(bundle.resolve("shim.log"))).isNotEmpty();
        return Codec.decode(Arrays.copyOfRange(result, 4, result.length));
    }

    private static String namespace(int pid, String type) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc", Integer.toString(pid), "ns", type))
                .toString();
    }

    private static long mounts() throws IOException {
        return Files.readString(Path.of("/proc/self/mountinfo")).lines().count();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
