package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.proto.cri.Capability;
import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.daemon.ShimProcess;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TarBuilder.Attributes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens on the node's side of a container's life, looked at through strace. */
@Timeout(120)
final class TracedIT {
    private static final Duration END = Duration.ofSeconds(30);

    @RegisterExtension static final Node node = new Node();

    @BeforeAll
    static void pullProbe() throws IOException, InterruptedException {
        node.kubelet().pull(node.images().probe());
    }

    /** E03, deterministic: an exec'd process is held before its execve while a peer looks at it. */
    @Test
    @ShimOnly("runc is in the container's namespaces before its execve")
    void aPeerSeesNothingOfTheNodeInAnExecThatIsHeld() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "needs strace");
        Watched peer = Watched.start();
        try (Strace strace =
                Strace.attach(
                        List.of(peer.control()),
                        node.instance().scratch(),
                        "-e",
                        "trace=execve",
                        "-e",
                        "inject=execve:delay_enter=400000")) {
            for (int i = 0; i < 3; i++) {
                assertThat(node.kubelet().exec(peer.id(), "true").getExitCode()).isZero();
            }
            strace.end();
        }
        List<String> seen = peer.seen();
        assertThat(seen).as("execs that were seen").anyMatch(line -> line.contains(" fd0 "));
        peer.assertHarmless(seen);
    }

    /** E03, statistical. */
    @Tag("security")
    @Test
    @Timeout(600)
    void aPeerSeesNothingOfTheNodeInManyExecs() throws IOException, InterruptedException {
        Watched peer = Watched.start();
        for (int i = 0; i < 500; i++) {
            assertThat(node.kubelet().exec(peer.id(), "true").getExitCode()).isZero();
        }
        peer.assertHarmless(peer.seen());
    }

    /** A container whose first process looks at all others, with the right to trace them. */
    private record Watched(String id, PodSandboxConfig pod) {
        /** What a process may hold before its execve: its own streams, the status pipe, a gate. */
        private static final Pattern HARMLESS =
                Pattern.compile("pipe:\\[\\d+]|/dev/null|/dev/pts/\\d+");

        static Watched start() throws IOException, InterruptedException {
            String image = node.images().probe();
            LinuxContainerSecurityContext tracer =
                    LinuxContainerSecurityContext.newBuilder()
                            .setCapabilities(
                                    Capability.newBuilder()
                                            .addAddCapabilities("SYS_PTRACE")
                                            .addAddCapabilities("DAC_READ_SEARCH"))
                            .build();
            PodSandboxConfig pod = node.pod("peer").build();
            ContainerConfig container =
                    node.container("peer", "/probe", "peer")
                            .setImage(ImageSpec.newBuilder().setImage(image))
                            .setLinux(LinuxContainerConfig.newBuilder().setSecurityContext(tracer))
                            .build();
            String id = node.kubelet().run(node.kubelet().runPod(pod), pod, container);
            assertThat(Logs.firstLine(pod, "peer")).isEqualTo("looking");
            return new Watched(id, pod);
        }

        long control() throws IOException {
            Path pids = node.instance().state().resolve("containers").resolve(id).resolve("pid");
            return Long.parseLong(Files.readString(pids).split(" ", 2)[0]);
        }

        List<String> seen() throws IOException, InterruptedException {
            node.kubelet().stop(id, 0);
            node.kubelet().awaitExit(id, END);
            return Logs.of(pod, "peer");
        }

        void assertHarmless(List<String> seen) {
            for (String line : seen) {
                String[] fields = line.split(" ", 3);
                boolean fine =
                        switch (fields.length < 3 ? "" : fields[1]) {
                            case "", "root", "cwd" ->
                                    fields.length < 3
                                            || fields[2].equals("/")
                                            || fields[2].equals("/root");
                            case "exe" ->
                                    fields[2].startsWith("/memfd:carafe-shim")
                                            || fields[2].startsWith("/usr/bin/");
                            default -> HARMLESS.matcher(fields[2]).matches();
                        };
                assertThat(fine).as(line).isTrue();
            }
        }
    }

    /** E17: nothing of the image is executed or loaded by the node's processes. */
    @Test
    @ShimOnly("runc is a program of the node and runs itself")
    void nothingOfAnImageIsRunOnTheNode() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "needs strace");
        try (ForgedImages forged = ForgedImages.serve()) {
            TarBuilder decoys = new TarBuilder();
            for (String name :
                    List.of(
                            "etc/ld.so.preload",
                            "etc/nsswitch.conf",
                            "lib/x86_64-linux-gnu/libnss_files.so.2",
                            "lib/x86_64-linux-gnu/libc.so.6",
                            "bin/xz",
                            "bin/unpigz",
                            "bin/zstd",
                            "d3c0y.so")) {
                byte[] text = "decoy\n".getBytes(StandardCharsets.UTF_8);
                decoys.file(name, text, Attributes.mode(0755));
            }
            String config =
                    """
                    {"Env":["PATH=/bin","LD_PRELOAD=/d3c0y.so","LD_LIBRARY_PATH=/lib","GCONV_PATH=/lib",\
                    "JAVA_TOOL_OPTIONS=-javaagent:/d3c0y.so","NODE_OPTIONS=d3c0y","MARK=d3c0y"]}\
                    """;
            String image = forged.push(config, decoys);
            List<String> trace = traceOfALife(image);
            node.kubelet().removeImage(image);
            assertThat(trace).anyMatch(line -> line.contains("execve(\"/bin/sleep\""));
            List<String> programs =
                    trace.stream().filter(line -> line.contains("execve(")).toList();
            assertThat(programs)
                    .allMatch(line ->
                            line.contains("execve(\"/proc/")
                                    || line.contains("jspawnhelper")
                                    || line.contains("execve(\"/bin/sleep\"")
                                    || line.contains("execve(\"/bin/true\"")
                                    || line.contains("resumed"));
            // Unpacking makes them; nothing else knows them.
            List<String> opened = trace.stream().filter(line -> !line.contains("O_CREAT")).toList();
            assertThat(opened)
                    .noneMatch(line -> line.contains("ld.so.preload"))
                    .noneMatch(line -> line.contains("libnss"))
                    .noneMatch(line -> line.contains("d3c0y"))
                    .noneMatch(line -> line.contains("gconv"));
        }
    }

    private static List<String> traceOfALife(String image)
            throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("decoys").build();
        try (Strace strace =
                Strace.attach(
                        daemonAndShims(),
                        node.instance().scratch(),
                        "-e",
                        "trace=execve,execveat,open,openat,openat2")) {
            node.kubelet().pull(image);
            String podId = node.kubelet().runPod(pod);
            ContainerConfig container =
                    node.container("decoys", "/bin/sleep", "1000")
                            .setImage(ImageSpec.newBuilder().setImage(image))
                            .build();
            String id = node.kubelet().run(podId, pod, container);
            for (ShimProcess shim : ShimProcess.of(node.instance())) {
                assertThat(environment(shim.pid())).isEqualTo("LC_ALL=C\0");
            }
            assertThat(node.kubelet().exec(id, "/bin/true").getExitCode()).isZero();
            node.kubelet().stop(id, 0);
            node.kubelet().remove(id);
            node.kubelet().stopPod(podId);
            node.kubelet().removePod(podId);
            return strace.end();
        }
    }

    /** What starts shims is one of these, if there was one before. */
    private static List<Long> daemonAndShims() throws IOException {
        List<Long> pids = new ArrayList<>(List.of(node.daemon().pid()));
        ShimProcess.of(node.instance()).forEach(each -> pids.add(each.pid()));
        return pids;
    }

    private static String environment(long pid) throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("/proc/%d/environ".formatted(pid)));
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
