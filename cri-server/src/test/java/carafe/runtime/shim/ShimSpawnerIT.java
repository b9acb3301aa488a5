package carafe.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.linux.PeerCredentials;
import carafe.linux.PidIdentity;
import carafe.linux.PidWatch;
import carafe.linux.Processes;
import carafe.linux.ReadinessLoop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process that starts shims, dead, stopped and alive. */
class ShimSpawnerIT {
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final int SIGKILL = 9;
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;

    @TempDir private Path work;
    private final Deadlines deadlines = new Deadlines();
    private final List<PodHandle> pods = new ArrayList<>();
    private ReadinessLoop readiness;
    private ShimProgram program;
    private ShimSpawner spawner;
    private NativeShims shims;
    private ShimProcesses processes;

    @BeforeEach
    void setUp() throws IOException {
        assumeTrue(PeerCredentials.ownUid() == 0, "namespaces need root");
        readiness = ReadinessLoop.open();
        readiness.start();
        program = ShimProgram.bundled();
        spawner = ShimSpawner.of(program);
        shims = new NativeShims(program, spawner, readiness, deadlines, new DiskFiles());
        Processes all = new Processes();
        processes = new ShimProcesses(all, new PidWatch(readiness, all));
    }

    @AfterEach
    void close() throws Exception {
        if (program == null) {
            return;
        }
        pods.forEach(pod -> pod.stop(WAIT));
        spawner.close();
        awaitSpawners(0);
        program.close();
        deadlines.close();
        readiness.close();
    }

    @Test
    void oneProcessStartsThemAllAndEndsWithTheDaemon() throws Exception {
        PodHandle first = start("first", WAIT);
        PidIdentity one = onlySpawner();
        PodHandle second = start("second", WAIT);
        assertThat(onlySpawner()).isEqualTo(one);
        assertThat(processes.alive(first.holder())).isTrue();
        assertThat(processes.alive(second.holder())).isTrue();
        assertThat(work.resolve("first/z")).doesNotExist();
        assertThat(Files.readString(Path.of("/proc/" + first.holder().pid() + "/cmdline")))
                .matches("carafe-shim\0pod\0+");
        // It is nobody's child, has nothing of the daemon's but the connection, and stands nowhere.
        Path proc = Path.of("/proc/" + one.pid());
        assertThat(Files.readSymbolicLink(proc.resolve("cwd"))).isEqualTo(Path.of("/"));
        try (var open = Files.list(proc.resolve("fd"))) {
            assertThat(open).hasSize(4);
        }
    }

    @Test
    void anErrorOfTheShimIsToldAsEver() throws Exception {
        start("sound", WAIT);
        Path bundle = Files.createDirectory(work.resolve("broken"));
        Files.writeString(bundle.resolve("shim.json"), "{");
        assertThatThrownBy(() -> shims.startPod(bundle, WAIT))
                .isInstanceOf(CarafeException.class)
                .hasMessageContaining("bundle.read");
    }

    @Test
    void aDeadOneIsReplaced() throws Exception {
        start("before", WAIT);
        PidIdentity dead = onlySpawner();
        assertThat(processes.signal(dead, SIGKILL)).isTrue();
        assertThat(processes.awaitExit(dead, WAIT)).isTrue();
        PodHandle after = start("after", WAIT);
        assertThat(processes.alive(after.holder())).isTrue();
        assertThat(onlySpawner()).isNotEqualTo(dead);
    }

    @Test
    void oneThatHangsFailsOneStartAndIsReplaced() throws Exception {
        start("before", WAIT);
        PidIdentity hung = onlySpawner();
        assertThat(processes.signal(hung, SIGSTOP)).isTrue();
        try {
            assertThatThrownBy(() -> start("meanwhile", Duration.ofMillis(300)))
                    .isInstanceOf(CarafeException.Deadline.class);
            assertThat(processes.alive(start("after", WAIT).holder())).isTrue();
        } finally {
            assertThat(processes.signal(hung, SIGCONT)).isTrue();
        }
        awaitSpawners(1);
        assertThat(work.resolve("meanwhile/pid")).doesNotExist();
    }

    @Test
    void withoutOneShimsAreStartedByTheJdk() throws Exception {
        ShimSpawner none = ShimSpawner.none();
        shims = new NativeShims(program, none, readiness, deadlines, new DiskFiles());
        assertThat(processes.alive(start("alone", WAIT).holder())).isTrue();
        assertThat(spawners()).isEmpty();
    }

    private PodHandle start(String name, Duration deadline) throws IOException {
        Path bundle = Files.createDirectory(work.resolve(name));
        Files.writeString(
                bundle.resolve("shim.json"),
                "{\"version\":1,\"id\":\"%s\",\"sysctls\":{},\"namespaces\":[\"ipc\"]}"
                        .formatted(name));
        PodHandle pod = shims.startPod(bundle, deadline).pod();
        pods.add(pod);
        return pod;
    }

    private PidIdentity onlySpawner() throws IOException {
        assertThat(spawners()).hasSize(1);
        return spawners().getFirst();
    }

    private void awaitSpawners(int count) throws Exception {
        long end = System.nanoTime() + WAIT.toNanos();
        while (spawners().size() != count && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        assertThat(spawners()).hasSize(count);
    }

    /** Those that run from this test's copy of the program. */
    private List<PidIdentity> spawners() throws IOException {
        Object copy = Files.getAttribute(program.path(), "unix:ino");
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> isSpawner(Path.of("/proc/" + pid), copy))
                .flatMap(pid -> new Processes().identify(pid.intValue()).stream())
                .toList();
    }

    private static boolean isSpawner(Path process, Object copy) {
        try {
            return Files.getAttribute(process.resolve("exe"), "unix:ino").equals(copy)
                    && new String(
                                    Files.readAllBytes(process.resolve("cmdline")),
                                    StandardCharsets.US_ASCII)
                            .contains("spawn-shims");
        } catch (IOException e) {
            return false; // ended, or a kernel thread
        }
    }
}
