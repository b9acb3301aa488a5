package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The process that holds a pod's namespaces. */
class PodIT {
    private static final String SHARED = ",\"namespaces\":[\"net\",\"ipc\",\"uts\"]";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private TestFiles files;
    private PodBundle pod;

    @BeforeEach
    void makeBundle() throws IOException {
        files = TestFiles.make();
        pod = new PodBundle(files.newDirectory());
    }

    @AfterEach
    void deleteBundle() throws IOException {
        pod.close();
        files.close();
    }

    private static String namespace(Object pid, String name) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + name)).toString();
    }

    private static String status(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/status"));
    }

    @Test
    void itHoldsTheNamespacesAskedForAndNoOther() throws IOException {
        long holder = pod.ready(SHARED + ",\"hostname\":\"thepod\"");
        for (String own : List.of("net", "ipc", "uts", "mnt")) {
            assertThat(namespace(holder, own)).isNotEqualTo(namespace("self", own));
        }
        for (String shared : List.of("pid", "user", "cgroup")) {
            assertThat(namespace(holder, shared)).isEqualTo(namespace("self", shared));
        }
        String pid = Files.readString(pod.path().resolve("pid"));
        assertThat(pid).matches(holder + " [0-9]+\n");
    }

    @Test
    void itShowsNothingOfTheMachineAndCanDoNothing() throws IOException {
        long holder = pod.ready(SHARED);
        assertThat(status(holder))
                .contains("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000")
                .contains("CapPrm:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2")
                .contains("Name:\tcarafe-shim");
        try (var fds = Files.list(Path.of("/proc/" + holder + "/fd"));
                var root = Files.list(Path.of("/proc/" + holder + "/root"))) {
            assertThat(fds).isEmpty();
            assertThat(root).isEmpty();
        }
        assertThat(Files.readAllLines(Path.of("/proc/" + holder + "/mountinfo")))
                .singleElement()
                .asString()
                .contains(" / ro,");
    }

    @Test
    void itIsNobodysChildAndIdle() throws IOException {
        long holder = pod.ready(SHARED);
        assertThat(ProcessHandle.of(holder).orElseThrow().parent().map(ProcessHandle::pid))
                .isNotEqualTo(java.util.Optional.of(ProcessHandle.current().pid()));
        long before = Machine.cpuTicks(holder);
        Machine.pause(Duration.ofMillis(200));
        assertThat(Machine.cpuTicks(holder)).isEqualTo(before);
    }

    @Test
    void aSettingThatCannotBeMadeLeavesNothing() throws IOException {
        Reply.Failed failed =
                (Reply.Failed)
                        pod.make(SHARED + ",\"sysctls\":{\"net.ipv4.no_such_setting\":\"1\"}");
        assertThat(failed.step()).isEqualTo("sysctl");
        assertThat(failed.path()).isEqualTo("net.ipv4.no_such_setting");
        assertThat(pod.path().resolve("pid")).doesNotExist();
    }

    @Test
    void containersJoinIt() throws IOException {
        long holder =
                pod.ready(
                        SHARED
                                + ",\"hostname\":\"thepod\",\"sysctls\":"
                                + "{\"net.ipv4.ip_unprivileged_port_start\":\"7\"}");
        try (ShimBundle container = ShimBundle.in(files)) {
            Config config =
                    Config.script(
                            "hostname; cat /proc/sys/net/ipv4/ip_unprivileged_port_start;"
                                    + " ls /sys/class/net; cat /sys/class/net/lo/operstate");
            for (String[] join :
                    new String[][] {{"network", "net"}, {"ipc", "ipc"}, {"uts", "uts"}}) {
                config.entering(join[0], "/proc/" + holder + "/ns/" + join[1]);
            }
            container.withConfig(config.json()).started();
            container.awaitExit();
            assertThat(LogLines.textOf(container.logText())).startsWith("thepod\n7\nlo\n");
        }
        assertThat(Machine.isAlive(holder)).isTrue();
    }

    @Test
    void aPodThatIsGoneIsNotJoined() throws IOException {
        long holder = pod.ready(SHARED);
        try (ShimBundle container = ShimBundle.in(files)) {
            container.with("\"podPid\":" + holder).with("\"podStartTicks\":1");
            Config config =
                    Config.script("true").entering("network", "/proc/" + holder + "/ns/net");
            assertThat(container.withConfig(config.json()).create().toString())
                    .contains("namespace.owner", "is gone");
        }
    }

    @Test
    void withASharedPidNamespaceItIsItsFirstProcessAndReaps() throws IOException {
        long holder = pod.ready(",\"namespaces\":[\"net\",\"ipc\",\"uts\",\"pid\"]");
        assertThat(status(holder)).containsPattern("NSpid:\t" + holder + "\t1\n");
        try (ShimBundle container = ShimBundle.in(files)) {
            // The inner shell leaves a child to PID 1, which ends after its parent.
            Config config =
                    Config.script("sh -c 'sleep 1 & true'; sleep 1000")
                            .entering("pid", "/proc/" + holder + "/ns/pid");
            container.withConfig(config.json()).started();
            Machine.await("it has an orphan", PATIENCE, () -> !childrenOf(holder).isEmpty());
            Machine.await("it was reaped", PATIENCE, () -> childrenOf(holder).isEmpty());
            assertThat(container.run(ExecOptions.plain(), "/bin/cat", "/proc/1/comm").out())
                    .isEqualTo("carafe-shim\n");
        }
    }

    private static List<Long> childrenOf(long pid) {
        try {
            return Machine.childrenOf(pid);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void itsMemoryIsOneBoundedMount() throws IOException {
        Path mem = Files.createDirectory(pod.path().resolve("mem"));
        pod.ready(SHARED + ",\"memBytes\":1048576");
        try {
            String line =
                    Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                            .filter(l -> l.contains(" " + mem + " "))
                            .findFirst()
                            .orElseThrow();
            assertThat(line).contains("nosuid,nodev,noexec", "size=1024k", "mode=755");
        } finally {
            MachineMounts.unmount(mem);
        }
    }
}
