package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.AttachRequest;
import carafe.proto.cri.ExecRequest;
import carafe.proto.cri.NamespaceMode;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PortForwardRequest;
import carafe.testkit.stream.SpdyClient;
import carafe.testkit.stream.WebSocketClient;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Exec, attach and port-forward through real sockets, shims and containers. */
@Timeout(120)
final class StreamingIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String V4 = "v4.channel.k8s.io";

    @RegisterExtension static final Node node = new Node();

    private PodSandboxConfig pod = PodSandboxConfig.getDefaultInstance();
    private String podId = "";

    @BeforeEach
    void runPod() {
        pod = node.pod("streams").build();
        podId = node.kubelet().runPod(pod);
    }

    private String run(String name, String... command) {
        return node.kubelet().run(podId, pod, node.container(name, command).build());
    }

    private static URI exec(String id, boolean terminal, String... command) {
        ExecRequest request =
                ExecRequest.newBuilder()
                        .setContainerId(id)
                        .addAllCmd(List.of(command))
                        .setStdin(true)
                        .setStdout(true)
                        .setStderr(!terminal)
                        .setTty(terminal)
                        .build();
        return URI.create(node.client().runtime().exec(request).getUrl());
    }

    private static URI attach(String id, boolean stdin) {
        AttachRequest request =
                AttachRequest.newBuilder()
                        .setContainerId(id)
                        .setStdin(stdin)
                        .setStdout(true)
                        .build();
        return URI.create(node.client().runtime().attach(request).getUrl());
    }

    private URI portForward() {
        PortForwardRequest request = PortForwardRequest.newBuilder().setPodSandboxId(podId).build();
        return URI.create(node.client().runtime().portForward(request).getUrl());
    }

    @Test
    void anExecHasInputOutputAndACode() throws IOException {
        String id = run("target", "sleep", "1000");
        URI url = exec(id, false, "sh", "-c", "cat; echo to err >&2; exit 7");
        try (SpdyClient client = new SpdyClient(url, V4)) {
            int error = client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            int stderr = client.open("streamtype", "stderr");
            client.send(stdin, "hello\n");
            client.end(stdin);

            assertThat(client.readAll(stdout)).isEqualTo("hello\n");
            assertThat(client.readAll(stderr)).isEqualTo("to err\n");
            assertThat(client.readAll(error)).contains("\"ExitCode\",\"message\":\"7\"");
        }
    }

    /** The size is told before there is a terminal, and must not be lost. */
    @Test
    void aTerminalHasTheClientsSizeFromTheStart() throws Exception {
        String id = run("target", "sleep", "1000");
        String script = "while [ \"$(stty size)\" != '43 132' ]; do usleep 10000; done; echo $TERM";
        URI url = exec(id, true, "sh", "-c", script);
        try (WebSocketClient client = new WebSocketClient(url, "v5.channel.k8s.io")) {
            client.send(4, "{\"Width\":132,\"Height\":43}");

            client.await(1, "xterm");
            client.await(3, "\"Success\"");
        }
    }

    @Test
    void manyMegabytesComeBackAsTheyWent() throws IOException {
        String id = run("target", "sleep", "1000");
        try (SpdyClient client = new SpdyClient(exec(id, false, "sha256sum"), V4)) {
            client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            String block = "0123456789abcdef".repeat(2048);
            for (int i = 0; i < 512; i++) {
                client.send(stdin, block);
            }
            client.end(stdin);

            assertThat(client.readAll(stdout)).isEqualTo(sha256(block.repeat(512)) + "  -\n");
        }
    }

    @Test
    void whatAnAbortedClientStartedIsGone() throws IOException, InterruptedException {
        String id = run("target", "sleep", "1000");
        for (int i = 0; i < 30; i++) {
            SpdyClient client = new SpdyClient(exec(id, false, "sleep", "4321"), V4);
            client.open("streamtype", "error");
            client.open("streamtype", "stdin");
            client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            client.abort();
        }
        await(
                () -> {
                    String count = "ps -o args | grep -c '[s]leep 4321' || true";
                    return node.kubelet().exec(id, "sh", "-c", count).getStdout().toStringUtf8();
                },
                "0\n");
    }

    @Test
    void anAttachedClientTalksToTheFirstProcess() throws IOException {
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container(
                                                "talker",
                                                "sh",
                                                "-c",
                                                "while read l; do echo got $l; done; echo end")
                                        .setStdin(true)
                                        .setStdinOnce(true)
                                        .build());
        try (SpdyClient watcher = new SpdyClient(attach(id, false), V4);
                SpdyClient client = new SpdyClient(attach(id, true), V4)) {
            watcher.open("streamtype", "error");
            int seen = watcher.open("streamtype", "stdout");
            int error = client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            client.send(stdin, "one\n");
            client.await(stdout, "got one");
            client.send(stdin, "two\n");
            client.end(stdin);

            assertThat(client.readAll(stdout)).isEqualTo("got one\ngot two\nend\n");
            assertThat(client.readAll(error)).contains("Success");
            assertThat(watcher.readAll(seen)).endsWith("got two\nend\n");
        }
    }

    /** Neither the container nor its log waits for a client that reads nothing. */
    @Test
    void aClientThatNeverReadsCostsTheLogNothing() throws IOException, InterruptedException {
        String script = "read go; seq 1000000; echo done";
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container("chatty", "sh", "-c", script)
                                        .setStdin(true)
                                        .build());
        try (SpdyClient lazy = new SpdyClient(attach(id, true), V4)) {
            lazy.open("streamtype", "error");
            int stdin = lazy.open("streamtype", "stdin");
            lazy.open("streamtype", "stdout");
            lazy.send(stdin, "go\n");

            node.kubelet().awaitExit(id, PATIENCE);
            try (Stream<String> lines = Files.lines(Node.log(pod, "chatty"))) {
                assertThat(lines.count()).isEqualTo(1_000_001);
            }
        }
    }

    @Test
    void aForwardedPortLeadsIntoThePodAndNowhereElse() throws Exception {
        run(
                "server",
                "sh",
                "-c",
                "echo page > /tmp/index.html; httpd -f -p 127.0.0.1:8080 -h /tmp");
        try (ServerSocket host = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                SpdyClient client = new SpdyClient(portForward(), "portforward.k8s.io")) {
            await(() -> String.valueOf(get(client, 8080).contains("page")), "true");

            int error = open(client, "error", host.getLocalPort(), "host");
            open(client, "data", host.getLocalPort(), "host");
            assertThat(client.readAll(error)).contains("refused");
            host.setSoTimeout(100);
            assertThatThrownBy(host::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void aHostNetworkPodIsReachedToo() throws Exception {
        NamespaceOption hostNetwork =
                NamespaceOption.newBuilder().setNetwork(NamespaceMode.NODE).build();
        PodSandboxConfig.Builder onHost = node.pod("host");
        onHost.getLinuxBuilder().getSecurityContextBuilder().setNamespaceOptions(hostNetwork);
        podId = node.kubelet().runPod(onHost.build());
        try (ServerSocket host = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                SpdyClient client = new SpdyClient(portForward(), "portforward.k8s.io")) {
            open(client, "error", host.getLocalPort(), "1");
            int data = open(client, "data", host.getLocalPort(), "1");
            try (Socket accepted = host.accept()) {
                client.send(data, "ping");
                assertThat(accepted.getInputStream().readNBytes(4)).asString().isEqualTo("ping");
                accepted.getOutputStream().write("pong".getBytes(StandardCharsets.US_ASCII));
                client.await(data, "pong");
            }
            assertThat(client.readAll(data)).isEqualTo("pong");
        }
    }

    @Test
    void whatIsNotThereGetsNoUrl() {
        String ended = run("ended", "true");
        assertThatThrownBy(() -> exec("no-such-container", false, "true"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("NOT_FOUND");
        assertThatThrownBy(
                        () -> {
                            node.kubelet().awaitExit(ended, PATIENCE);
                            exec(ended, false, "true");
                        })
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("not running");
    }

    private static String sha256(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String get(SpdyClient client, int port) throws IOException {
        String id = String.valueOf(System.nanoTime());
        open(client, "error", port, id);
        int data = open(client, "data", port, id);
        client.send(data, "GET / HTTP/1.0\r\n\r\n");
        return client.readAll(data);
    }

    private static int open(SpdyClient client, String type, int port, String id)
            throws IOException {
        return client.open("streamtype", type, "port", String.valueOf(port), "requestid", id);
    }

    private interface Question {
        String ask() throws IOException;
    }

    private static void await(Question question, String answer)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String last = question.ask();
        while (!last.equals(answer)) {
            assertThat(System.nanoTime())
                    .as("in time; the last answer was %s", last)
                    .isLessThan(end);
            Thread.sleep(20);
            last = question.ask();
        }
    }
}
