package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ExecRequest;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerResources;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxStatsRequest;
import carafe.testkit.client.CriClient;
import carafe.testkit.client.Kubelet;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.Answer;
import carafe.testkit.registry.ScriptedRegistry;
import carafe.testkit.stream.SpdyClient;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a node does: some pods that stay, others that come and go, execs, pulls, a stream. */
final class NodeLoad implements AutoCloseable {
    /** Five lines a second, one of them of three parts. */
    private static final String TALKS =
            "while :; do for i in 1 2 3 4; do echo line $i; done; head -c 40000 /dev/zero | tr '\\0' x;"
                    + " echo; sleep 1; done";

    private final Node node;
    private final ScriptedRegistry registry;
    private final PodSandboxConfig pod;
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> images = new ArrayList<>();

    /** Of the pull, whose failures while the daemon is down slow no other call. */
    private final CriClient client;

    private String calm = "";
    private String podId = "";
    private int rounds;

    /**
     * @param registry of its own
     */
    NodeLoad(Node node, ScriptedRegistry registry) {
        this.node = node;
        this.registry = registry;
        this.pod = node.pod("stays").build();
        this.client = new CriClient(node.instance().socket());
    }

    /**
     * @param watched how long one pull is under way, at least
     */
    void begin(Duration watched) throws Exception {
        podId = node.kubelet().runPod(pod);
        ContainerConfig limited =
                node.container(
                                "busy",
                                "sh",
                                "-c",
                                "head -c 3000000 /dev/zero >/root/file; while :; do :; done")
                        .setLinux(
                                LinuxContainerConfig.newBuilder()
                                        .setResources(
                                                LinuxContainerResources.newBuilder()
                                                        .setMemoryLimitInBytes(64 << 20)
                                                        .setCpuPeriod(100_000)
                                                        .setCpuQuota(20_000)))
                        .build();
        node.kubelet().run(podId, pod, limited);
        // Commands in the busy one would wait for its quota.
        calm = node.kubelet().run(podId, pod, node.container("calm", "sh", "-c", TALKS).build());
        for (int i = 0; i < 3; i++) {
            round();
        }
        pullSlowly(watched.plusSeconds(60));
    }

    /** A pull whose layer comes late. */
    private void pullSlowly(Duration late) throws IOException {
        TestLayer layer = TestLayer.gzip(new TarBuilder().file("slow", "s".repeat(90_000)).build());
        String reference = registry.push("slow", "1", TestImage.oci(layer));
        registry.script(layer.blob().digest(), Answer.late(late), Answer.late(late));
        Runnable pull =
                () -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        try {
                            new Kubelet(client).pull(reference);
                            return;
                        } catch (StatusRuntimeException e) {
                            pause(); // the daemon was killed: kubelet pulls again
                        }
                    }
                };
        threads.add(Thread.ofPlatform().daemon().start(pull));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void round() throws Exception {
        rounds++;
        PodSandboxConfig passing = node.pod("passes").build();
        String id = node.kubelet().runPod(passing);
        String container =
                node.kubelet().run(id, passing, node.container("c", "sh", "-c", "exit 3").build());
        node.kubelet().awaitExit(container, Duration.ofSeconds(20));
        node.kubelet().exec(calm, "true");
        node.kubelet().exec(calm, "false");
        node.kubelet().exec(calm, "ping", "-q", "-c", "5", "-i", "0.01", "-W", "1", "10.231.77.1");
        TestLayer layer =
                TestLayer.gzip(new TarBuilder().file("f" + rounds, "x".repeat(200_000)).build());
        String image = registry.push("app" + rounds, "1", TestImage.oci(layer));
        node.kubelet().pull(image);
        images.add(image);
        if (rounds % 4 == 1) {
            refuses("RegistryUnavailable", () -> node.kubelet().pull("127.0.0.1:1/absent:1"));
        }
        stream();
        String sleeps =
                node.kubelet().run(id, passing, node.container("s", "sleep", "100").build());
        node.kubelet().stop(sleeps, 0);
        String wrong = node.kubelet().create(id, passing, node.container("n", "/no").build());
        refuses("/no", () -> node.kubelet().start(wrong));
        node.client()
                .runtime()
                .podSandboxStats(
                        PodSandboxStatsRequest.newBuilder().setPodSandboxId(podId).build());
        node.kubelet().stop(container, 0);
        node.kubelet().remove(container);
        node.kubelet().stopPod(id);
        node.kubelet().removePod(id);
    }

    private static void refuses(String why, Runnable call) {
        try {
            call.run();
            throw new AssertionError("it is not refused: " + why);
        } catch (StatusRuntimeException e) {
            assertThat(e).hasMessageContaining(why);
        }
    }

    private void stream() throws IOException {
        ExecRequest request =
                ExecRequest.newBuilder()
                        .setContainerId(calm)
                        .addAllCmd(List.of("cat"))
                        .setStdin(true)
                        .setStdout(true)
                        .build();
        URI url = URI.create(node.client().runtime().exec(request).getUrl());
        try (SpdyClient client = new SpdyClient(url, "v4.channel.k8s.io")) {
            client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            client.send(stdin, "hello\n");
            client.end(stdin);
            assertThat(client.readAll(stdout)).isEqualTo("hello\n");
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        client.close();
        node.kubelet().removeEverything();
        for (String image : images) {
            node.kubelet().removeImage(image);
        }
    }
}
