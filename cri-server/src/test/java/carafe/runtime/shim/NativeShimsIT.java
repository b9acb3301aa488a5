package carafe.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.linux.PeerCredentials;
import carafe.linux.PidWatch;
import carafe.linux.Processes;
import carafe.linux.ReadinessLoop;
import carafe.linux.cgroup.Cgroup;
import carafe.linux.cgroup.CgroupFiles;
import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.cgroup.CgroupLimits;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.cgroup.CgroupTree;
import carafe.linux.cgroup.Controller;
import carafe.linux.cgroup.MemoryLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against the real program on the running kernel. */
class NativeShimsIT {
    private static final Duration WAIT = Duration.ofSeconds(10);

    @TempDir private Path work;
    private final CgroupPath top =
            CgroupPath.of("/carafe-test-shim/" + ProcessHandle.current().pid());
    private final List<ContainerHandle> made = new ArrayList<>();
    private final Deadlines deadlines = new Deadlines();
    private CgroupTree tree;
    private ReadinessLoop readiness;
    private ShimProgram program;
    private ShimSpawner spawner;
    private NativeShims shims;
    private Path layer;

    @BeforeEach
    void setUp() throws IOException {
        assumeTrue(PeerCredentials.ownUid() == 0, "containers need root");
        assumeTrue(Files.exists(TestBundle.BUSYBOX), "needs the package busybox-static");
        tree = new CgroupTree(CgroupLayout.read(), CgroupFiles.linux());
        readiness = ReadinessLoop.open();
        readiness.start();
        program = ShimProgram.bundled();
        spawner = ShimSpawner.of(program);
        shims = new NativeShims(program, spawner, readiness, deadlines, new DiskFiles());
        layer = TestBundle.layer(work);
    }

    @AfterEach
    void nothingIsLeft() {
        if (tree == null) {
            return;
        }
        Processes processes = new Processes();
        for (ContainerHandle container : made) {
            container.kill(9, KillTarget.ALL, WAIT);
            container.state(WAIT);
        }
        tree.at(top).delete(WAIT);
        tree.at(CgroupPath.of("/carafe-test-shim")).removeIfEmpty();
        for (ContainerHandle container : made) {
            container.delete(WAIT);
            assertThat(processes.alive(container.init())).isFalse();
            assertThat(processes.alive(container.control())).isFalse();
        }
        assertThat(readiness.size()).isZero();
        spawner.close();
        program.close();
        deadlines.close();
        readiness.close();
    }

    private TestBundle bundle(String id, String command) throws IOException {
        Cgroup cgroup = tree.create(top.child(id));
        return TestBundle.make(work, id, layer, cgroup, command);
    }

    private ContainerHandle create(TestBundle bundle) {
        ContainerHandle container = shims.createContainer(bundle.directory(), WAIT);
        made.add(container);
        return container;
    }

    private static ExecRequest exec(String... args) {
        return exec(Duration.ofSeconds(5), args);
    }

    private static ExecRequest exec(Duration timeout, String... args) {
        return new ExecRequest(
                TestBundle.process("[]").getBytes(StandardCharsets.UTF_8),
                Arrays.stream(args).map(a -> a.getBytes(StandardCharsets.UTF_8)).toList(),
                List.of("PATH=/bin".getBytes(StandardCharsets.UTF_8)),
                "/".getBytes(StandardCharsets.UTF_8),
                timeout,
                Duration.ofSeconds(2),
                Duration.ofSeconds(20));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void aContainerIsCreatedStartedAndItsEndIsTold() throws Exception {
        TestBundle bundle = bundle("hello", "echo hi; exit 7");
        ContainerHandle container = create(bundle);
        assertThat(container.state(WAIT)).isEqualTo(new ShimState.Created());
        CompletableFuture<ExitRecord> told = new CompletableFuture<>();
        try (Watch _ = container.watch(told::complete)) {
            container.start(WAIT);
            ExitRecord exit = told.get(10, TimeUnit.SECONDS);
            assertThat(exit)
                    .isInstanceOfSatisfying(
                            ExitRecord.Known.class,
                            known -> {
                                assertThat(known.code()).isEqualTo(7);
                                assertThat(known.signal()).isZero();
                                assertThat(known.oomKilled()).isFalse();
                                assertThat(known.startError()).isEmpty();
                            });
            assertThat(container.state(WAIT)).isEqualTo(new ShimState.Exited(exit));
        }
        assertThat(bundle.log()).matches("(?s)\\S+ stdout F hi\n");
    }

    @Test
    void execGivesOutputAndCode() throws Exception {
        ContainerHandle container = create(bundle("exec", "sleep 1000"));
        container.start(WAIT);
        KeptOutput output = new KeptOutput();
        ExecResult result =
                container.exec(exec("sh", "-c", "echo out; echo err >&2; exit 3"), output);
        assertThat(result).isEqualTo(new ExecResult(3, 0, ExecResult.End.DRAINED));
        assertThat(text(output.stdout())).isEqualTo("out\n");
        assertThat(text(output.stderr())).isEqualTo("err\n");
        assertThatThrownBy(() -> container.exec(exec("no-such-command"), OutputSink.NONE))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("no-such-command");
        assertThat(container.exec(exec(Duration.ofMillis(300), "sleep", "100"), OutputSink.NONE))
                .extracting(ExecResult::end)
                .isEqualTo(ExecResult.End.TIMED_OUT);
    }

    @Test
    void muchOutputComesWhole() throws Exception {
        ContainerHandle container = create(bundle("yes", "sleep 1000"));
        container.start(WAIT);
        KeptOutput output = new KeptOutput();
        ExecResult result = container.exec(exec("sh", "-c", "yes | head -c 5000000"), output);
        assertThat(result.code()).isZero();
        assertThat(output.stdout()).hasSize(5_000_000);
    }

    @Test
    void aContainerIsFoundAgainFromItsBundleAlone() throws Exception {
        TestBundle bundle = bundle("again", "sleep 1000");
        ContainerHandle container = create(bundle);
        container.start(WAIT);
        try (Deadlines others = new Deadlines();
                ReadinessLoop loop = ReadinessLoop.open()) {
            loop.start();
            NativeShims later =
                    new NativeShims(program, ShimSpawner.none(), loop, others, new DiskFiles());
            ContainerHandle found = later.findContainer(bundle.directory()).orElseThrow();
            assertThat(found.init()).isEqualTo(container.init());
            assertThat(found.state(WAIT)).isEqualTo(new ShimState.Running(0));
            assertThat(found.exec(exec("true"), OutputSink.NONE).code()).isZero();
            CompletableFuture<ExitRecord> told = new CompletableFuture<>();
            try (Watch _ = found.watch(told::complete)) {
                found.kill(9, KillTarget.INIT, WAIT);
                assertThat(told.get(10, TimeUnit.SECONDS))
                        .isInstanceOfSatisfying(
                                ExitRecord.Known.class,
                                known -> {
                                    assertThat(known.code()).isEqualTo(137);
                                    assertThat(known.signal()).isEqualTo(9);
                                });
            }
        }
        assertThat(shims.findContainer(bundle.directory()))
                .get()
                .satisfies(found ->
                        assertThat(found.state(WAIT)).isInstanceOf(ShimState.Exited.class));
    }

    @Test
    void aKilledShimIsAnUnknownEnd() throws Exception {
        ContainerHandle container = create(bundle("orphan", "sleep 1000"));
        container.start(WAIT);
        CompletableFuture<ExitRecord> told = new CompletableFuture<>();
        try (Watch _ = container.watch(told::complete)) {
            ProcessHandle.of(container.control().pid()).orElseThrow().destroyForcibly();
            assertThat(told.get(5, TimeUnit.SECONDS)).isInstanceOf(ExitRecord.Unknown.class);
        }
        tree.at(top.child("orphan")).kill();
        assertThat(container.state(WAIT)).isInstanceOf(ShimState.Exited.class);
        tree.at(top.child("orphan")).delete(WAIT);
    }

    @Test
    void aCommandThatIsNotThereFailsAtStartByName() throws Exception {
        ContainerHandle container = create(bundle("nocmd", "/no/such/command"));
        assertThatThrownBy(() -> container.start(WAIT))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("/no/such/command");
        assertThat(container.state(WAIT))
                .isInstanceOfSatisfying(
                        ShimState.Exited.class,
                        e -> {
                            assertThat(e.exit().code()).isEqualTo(128);
                            assertThat(((ExitRecord.Known) e.exit()).startError()).isNotEmpty();
                        });
    }

    @Test
    void aBundleThatCannotBeMadeNamesTheStepAndLeavesNothing() throws Exception {
        TestBundle bundle = bundle("broken", "true");
        Path config = bundle.directory().resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace(
                                "\"mounts\":[",
                                "\"mounts\":[{\"destination\":\"/data\",\"type\":\"bind\","
                                        + "\"source\":\"/no/such/source\","
                                        + "\"options\":[\"rbind\"]},"));
        assertThatThrownBy(() -> shims.createContainer(bundle.directory(), WAIT))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("/no/such/source");
        assertThat(tree.at(top.child("broken")).pids()).isEmpty();
    }

    @Test
    void aCreatedContainerCanBeDeleted() throws Exception {
        ContainerHandle container = create(bundle("unstarted", "sleep 1000"));
        container.delete(WAIT);
        Processes processes = new Processes();
        assertThat(processes.alive(container.init())).isFalse();
        assertThat(processes.alive(container.control())).isFalse();
    }

    @Test
    void aRunningContainerIsNotDeleted() throws Exception {
        ContainerHandle container = create(bundle("running", "sleep 1000"));
        container.start(WAIT);
        assertThatThrownBy(() -> container.delete(WAIT))
                .isInstanceOf(CarafeException.Precondition.class);
        assertThatThrownBy(() -> container.start(WAIT))
                .isInstanceOf(CarafeException.Precondition.class);
        assertThat(container.state(WAIT)).isInstanceOf(ShimState.Running.class);
    }

    @Test
    void theLogIsReopenedWhereItIsAskedTo() throws Exception {
        TestBundle bundle = bundle("rotate", "echo one; sleep 1000");
        ContainerHandle container = create(bundle);
        container.start(WAIT);
        Path rotated = bundle.logFile().resolveSibling("rotated.log");
        Files.move(bundle.logFile(), rotated);
        container.reopenLog(WAIT);
        assertThat(bundle.logFile()).exists();
    }

    @Test
    void aShimThatHangsBeforeItSaysAnythingIsEndedAtTheDeadline() throws Exception {
        TestBundle bundle = bundle("hang", "true");
        Path config = bundle.directory().resolve("config.json");
        Files.delete(config);
        // Whoever opens a fifo for reading waits for a writer.
        assertThat(new ProcessBuilder("mkfifo", config.toString()).start().waitFor()).isZero();
        assertThatThrownBy(() -> shims.createContainer(bundle.directory(), Duration.ofMillis(500)))
                .isInstanceOf(CarafeException.Deadline.class);
        Path own = bundle.directory();
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (isAtHome(own) && System.nanoTime() < end) {
            Thread.sleep(20); // SIGKILL was sent; the kernel may be at it still
        }
        assertThat(isAtHome(own)).isFalse();
    }

    private static boolean isAtHome(Path bundle) {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> {
                    try {
                        return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"))
                                .equals(bundle);
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    @Test
    void aStoppedShimIsADeadlineAndGoesOnLater() throws Exception {
        ContainerHandle container = create(bundle("stopped", "sleep 1000"));
        container.start(WAIT);
        ShimProcesses processes =
                new ShimProcesses(new Processes(), new PidWatch(readiness, new Processes()));
        assertThat(processes.signal(container.control(), 19)).isTrue();
        assertThatThrownBy(() -> container.state(Duration.ofMillis(200)))
                .isInstanceOf(CarafeException.Deadline.class);
        assertThat(processes.signal(container.control(), 18)).isTrue();
        assertThat(container.state(WAIT)).isInstanceOf(ShimState.Running.class);
    }

    @Test
    void aContainerThatUsesTooMuchMemoryIsSaidToHave() throws Exception {
        TestBundle bundle = bundle("oom", "exec tail /dev/zero");
        assumeTrue(tree.layout().has(Controller.MEMORY), "no memory controller");
        tree.at(top.child("oom"))
                .apply(CgroupLimits.none().withMemory(new MemoryLimits(24 << 20, 24 << 20)));
        ContainerHandle container = create(bundle);
        CompletableFuture<ExitRecord> told = new CompletableFuture<>();
        try (Watch _ = container.watch(told::complete)) {
            container.start(WAIT);
            assertThat(told.get(20, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            ExitRecord.Known.class,
                            known -> {
                                assertThat(known.oomKilled()).isTrue();
                                assertThat(known.code()).isEqualTo(137);
                            });
        }
        assertThat(tree.at(top.child("oom")).oomKills().orElse(0)).isPositive();
    }

    @Test
    void aPodIsHeldUntilItIsStopped() throws Exception {
        Path directory = Files.createDirectory(work.resolve("pod"));
        Files.writeString(
                directory.resolve("shim.json"),
                """
                {"version":1,"id":"pod","hostname":"podhost","namespaces":["net","ipc","uts"],
                 "sysctls":{}}
                """);
        PodHandle pod = shims.startPod(directory, WAIT).pod();
        assertThat(pod.alive()).isTrue();
        Path namespaces = Path.of("/proc/" + pod.holder().pid() + "/ns");
        for (String name : List.of("net", "ipc", "uts")) {
            assertThat(Files.readSymbolicLink(namespaces.resolve(name)))
                    .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/" + name)));
        }
        CompletableFuture<Void> told = new CompletableFuture<>();
        try (Watch _ = pod.watch(() -> told.complete(null))) {
            PodHandle found = shims.findPod(directory).orElseThrow();
            assertThat(found.holder()).isEqualTo(pod.holder());
            found.stop(WAIT);
            told.get(5, TimeUnit.SECONDS);
        }
        assertThat(pod.alive()).isFalse();
        pod.stop(WAIT);
    }

    @Test
    void aHundredExecsAtOnceAllEnd() throws Exception {
        ContainerHandle container = create(bundle("storm", "sleep 1000"));
        container.start(WAIT);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ExecResult>> results = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                results.add(
                        threads.submit(() -> container.exec(exec("/bin/true"), OutputSink.NONE)));
            }
            for (Future<ExecResult> result : results) {
                assertThat(result.get(20, TimeUnit.SECONDS).code()).isZero();
            }
        }
    }
}
