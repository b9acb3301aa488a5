package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerMetadata;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxMetadata;
import carafe.testkit.census.Census;
import carafe.testkit.census.CensusScope;
import carafe.testkit.client.CriClient;
import carafe.testkit.client.Kubelet;
import carafe.testkit.daemon.DaemonUnderTest;
import carafe.testkit.daemon.Instance;
import carafe.testkit.daemon.Sweep;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A node with one daemon for a test class, as a static extension. Around every test it takes the
 * census: what a test leaves when its pods are removed fails that test, and what the daemon leaves
 * when it has stopped fails the class.
 */
final class Node
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final Duration SETTLE = Duration.ofSeconds(10);

    private final AtomicInteger count = new AtomicInteger();
    private final ImagePreparation preparation;
    private @Nullable Running running;
    private final Set<String> warm = new HashSet<>();
    private String handler = RuntimeHandlers.OF_THIS_RUN;

    /** Pods of {@link #kubelet} get this handler from here on. */
    void use(String runtimeHandler) {
        handler = runtimeHandler;
    }

    /** What is done to a new instance before its daemon starts. */
    interface Preparation {
        /**
         * @return more flags of the daemon
         */
        List<String> prepare(Instance instance) throws IOException, InterruptedException;
    }

    /** As {@link Preparation}, of the run's images too. */
    interface ImagePreparation {
        /**
         * @return more flags of the daemon
         */
        List<String> prepare(Instance instance, Images images)
                throws IOException, InterruptedException;
    }

    private static final class Running {
        final Images images;
        final Instance instance;
        final DaemonUnderTest daemon;
        final CriClient client;
        final Census beforeDaemon;
        Census beforeTest;

        Running(Images images, Instance instance, DaemonUnderTest daemon, Census beforeDaemon) {
            this.images = images;
            this.instance = instance;
            this.daemon = daemon;
            this.client = new CriClient(instance.socket());
            this.beforeDaemon = beforeDaemon;
            this.beforeTest = beforeDaemon;
        }
    }

    Node() {
        this((_, _) -> List.of());
    }

    Node(Preparation preparation) {
        this((instance, _) -> preparation.prepare(instance));
    }

    Node(ImagePreparation preparation) {
        this.preparation = preparation;
    }

    Instance instance() {
        return running().instance;
    }

    DaemonUnderTest daemon() {
        return running().daemon;
    }

    Images images() {
        return running().images;
    }

    CriClient client() {
        return running().client;
    }

    Kubelet kubelet() {
        return new Kubelet(client(), handler);
    }

    /** A pod of a name of its own, with its log directory, in the pod network. */
    PodSandboxConfig.Builder pod(String name) {
        String unique = name + "-" + count.incrementAndGet();
        return PodSandboxConfig.newBuilder()
                .setMetadata(
                        PodSandboxMetadata.newBuilder()
                                .setName(unique)
                                .setNamespace("e2e")
                                .setUid("uid-" + unique)
                                .setAttempt(1))
                .setHostname(name)
                .setLogDirectory(instance().logs().resolve(unique).toString())
                .setLinux(LinuxPodSandboxConfig.getDefaultInstance());
    }

    /** A container of the tools image that logs to {@code name.log}. */
    ContainerConfig.Builder container(String name, String... command) {
        return ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder().setName(name))
                .setImage(ImageSpec.newBuilder().setImage(images().tools()))
                .addAllCommand(List.of(command))
                .setLogPath(name + ".log");
    }

    /** Where a container of {@link #container} logs. */
    static Path log(PodSandboxConfig pod, String name) {
        return Path.of(pod.getLogDirectory(), name + ".log");
    }

    /** What counts as the instance's, the daemon itself left out. */
    CensusScope scope() {
        Running now = running();
        Set<Long> daemon = now.daemon.isAlive() ? Set.of(now.daemon.pid()) : Set.of();
        return now.instance.scope().except(daemon);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException, InterruptedException {
        Images images = Images.of(context);
        Instance instance = Instance.create();
        Census before = Census.take(instance.scope());
        List<String> flags =
                RuntimeHandlers.ofThisRun(instance, preparation.prepare(instance, images));
        DaemonUnderTest daemon = new DaemonUnderTest(instance, flags);
        running = new Running(images, instance, daemon, before);
        daemon.start();
    }

    @Override
    public void beforeEach(ExtensionContext context) throws InterruptedException {
        if (warm.add(handler)) {
            warmUp();
        }
        running().beforeTest = Census.take(scope());
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException, InterruptedException {
        Running now = running();
        if (!now.daemon.isAlive()) {
            now.daemon.start();
        }
        now.client.reconnectNow();
        kubelet().removeEverything();
        List<String> left =
                Census.leftOver(scope(), now.beforeTest, SETTLE).stream()
                        .filter(line -> !RuntimeHandlers.isParentOfPods(line))
                        .filter(line -> !isSpawner(line))
                        .toList();
        assertThat(left)
                .as("left by %s; daemon:%n%s", context.getDisplayName(), tail(now.daemon.log()))
                .isEmpty();
    }

    /** What starts shims belongs to the daemon, and is a new one when that is. */
    private static boolean isSpawner(String line) {
        return line.startsWith("process ") && line.endsWith(" carafe-spawner");
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
        Running now = running();
        now.client.close();
        try {
            if (now.daemon.isAlive()) {
                assertThat(now.daemon.stop()).as("exit code of the daemon").isZero();
            }
            List<String> left =
                    Census.leftOver(now.instance.scope(), now.beforeDaemon, Duration.ofSeconds(2));
            assertThat(left)
                    .as("left by the daemon after its end; files, and the plugins' bridge, apart")
                    .allMatch(line ->
                            line.startsWith("file ")
                                    || line.equals("link " + now.instance.bridge()));
        } finally {
            now.daemon.close();
            new Sweep(now.instance).run();
        }
    }

    /** Pulls the images and runs one pod, so that what is made once is there before the census. */
    private void warmUp() throws InterruptedException {
        Kubelet kubelet = kubelet();
        kubelet.pull(images().tools());
        PodSandboxConfig pod = pod("warm-up").build();
        String podId = kubelet.runPod(pod);
        String id = kubelet.run(podId, pod, container("true", "true").build());
        kubelet.awaitExit(id, Duration.ofSeconds(20));
        kubelet.removeEverything();
    }

    private static String tail(String log) {
        List<String> lines = log.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    private Running running() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException("the node is not there before the test class begins");
        }
        return now;
    }
}
