package carafe.streaming.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.Streams;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server on a real loopback port, with clients that speak by hand. */
@Timeout(60)
class StreamingServerTest {
    private static final Streams ALL = new Streams(true, true, true, false);
    private static final Streams TERMINAL = new Streams(true, true, false, true);

    private final EchoBackend backend = new EchoBackend();
    private final StreamingServer server =
            new StreamingServer(
                    new StreamingServer.Settings(
                            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                            Duration.ofHours(4)),
                    backend,
                    InstantSource.system());

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private URI exec(String code, Streams streams) {
        return server.offer(new StreamOrder.Exec("c1", List.of(code), streams));
    }

    @Test
    void anExecGivesItsOutputAndItsCode() throws IOException {
        try (SpdyClient client = new SpdyClient(exec("7", ALL), "v4.channel.k8s.io")) {
            int error = client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            int stderr = client.open("streamtype", "stderr");
            client.send(stdin, "hello");
            client.await(stdout, "hello");
            client.end(stdin);

            assertThat(client.readAll(stdout)).isEqualTo("hello");
            assertThat(client.readAll(stderr)).isEqualTo("end of input");
            assertThat(client.readAll(error))
                    .contains("\"reason\":\"NonZeroExitCode\"")
                    .contains("{\"reason\":\"ExitCode\",\"message\":\"7\"}");
        }
    }

    @Test
    void successIsSaidAsSuch() throws IOException {
        try (SpdyClient client = new SpdyClient(exec("0", ALL), "v4.channel.k8s.io")) {
            int error = client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            client.end(stdin);

            assertThat(client.readAll(error)).isEqualTo("{\"metadata\":{},\"status\":\"Success\"}");
        }
    }

    @Test
    void theOldestVersionsGetPlainText() throws IOException {
        try (SpdyClient client = new SpdyClient(exec("7", ALL), "v2.channel.k8s.io")) {
            int error = client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            client.end(stdin);

            assertThat(client.readAll(error))
                    .isEqualTo("command terminated with non-zero exit code: exit status 7");
        }
    }

    @Test
    void aTerminalHasASize() throws IOException {
        try (SpdyClient client = new SpdyClient(exec("0", TERMINAL), "v4.channel.k8s.io")) {
            client.open("streamtype", "error");
            client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            int resize = client.open("streamtype", "resize");
            client.send(resize, "{\"Width\":80,\"Hei");
            client.send(resize, "ght\":24}\n{\"Width\":132,\"Height\":43}\n");

            client.await(stdout, "size 80x24");
            client.await(stdout, "size 132x43");
        }
    }

    @Test
    void aCommandThatCannotStartSaysWhy() throws IOException {
        try (SpdyClient client = new SpdyClient(exec("nowhere", ALL), "v4.channel.k8s.io")) {
            int error = client.open("streamtype", "error");
            client.open("streamtype", "stdin");
            client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");

            assertThat(client.readAll(error))
                    .contains("\"status\":\"Failure\"")
                    .contains("exec: \\\"nowhere\\\": not found");
        }
    }

    @Test
    void aStreamThatWasNotAskedForIsRefused() throws IOException {
        Streams one = new Streams(true, false, false, false);
        try (SpdyClient client = new SpdyClient(exec("0", one), "v4.channel.k8s.io")) {
            client.awaitReset(client.open("streamtype", "stdout"));
            client.open("streamtype", "error");
            client.awaitReset(client.open("streamtype", "error"));
        }
    }

    @Test
    void aClientThatHangsUpEndsTheConversationWithTheContainer()
            throws IOException, InterruptedException {
        for (int i = 0; i < 20; i++) {
            SpdyClient client = new SpdyClient(exec("0", ALL), "v4.channel.k8s.io");
            client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            client.send(stdin, "x");
            client.await(stdout, "x");
            client.abort();
        }
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (backend.open.get() > 0 || server.connections() > 0) {
            assertThat(System.nanoTime()).as("all ended in time").isLessThan(end);
            Thread.sleep(10);
        }
    }

    @Test
    void webSocketsSpeakOnChannels() throws Exception {
        try (WebSocketClient client = new WebSocketClient(exec("7", ALL), "v5.channel.k8s.io")) {
            client.send(0, "hello");
            client.await(1, "hello");
            client.sendBytes(new byte[] {(byte) 255, 0});

            client.await(2, "end of input");
            client.await(3, "{\"reason\":\"ExitCode\",\"message\":\"7\"}");
            assertThat(client.awaitClose()).isEqualTo(1000);
        }
    }

    @Test
    void webSocketsMaySpeakBase64() throws Exception {
        try (WebSocketClient client =
                new WebSocketClient(exec("0", TERMINAL), "v4.base64.channel.k8s.io")) {
            client.sendText("0aGVsbG8=");
            client.await(1, "hello");
            client.sendText("4eyJXaWR0aCI6ODAsIkhlaWdodCI6MjR9");
            client.await(1, "size 80x24");
        }
    }

    @Test
    void aUrlIsGoodOnceAndForItsMethod() throws IOException {
        URI url = exec("0", ALL);
        URI wrong = URI.create(url.toString().replace("/exec/", "/attach/"));

        assertThatThrownBy(() -> new SpdyClient(wrong, "v4.channel.k8s.io"))
                .hasMessageStartingWith("HTTP/1.1 404 ");
        new SpdyClient(url, "v4.channel.k8s.io").close();
        assertThatThrownBy(() -> new SpdyClient(url, "v4.channel.k8s.io"))
                .hasMessageStartingWith("HTTP/1.1 404 ");
    }

    @Test
    void anUnknownProtocolIsForbiddenAndCostsNoToken() throws IOException {
        URI url = exec("0", ALL);

        assertThatThrownBy(() -> new SpdyClient(url, "v9.channel.k8s.io"))
                .hasMessageStartingWith("HTTP/1.1 403 ");
        new SpdyClient(url, "v4.channel.k8s.io").close();
    }

    /** What a proxy in front believes to be a second request must never be answered. */
    @Test
    void aFailedUpgradeEndsTheConnection() throws IOException {
        URI url = exec("0", ALL);
        String second = "GET /second HTTP/1.1\nHost: node\n\n";
        List<String> bad =
                List.of(
                        "GET %s HTTP/1.1\nHost: node\n\n",
                        "GET %s HTTP/1.1\nHost: node\nConnection: Upgrade\nUpgrade: h2c\n\n",
                        "PUT %s HTTP/1.1\nHost: node\nConnection: Upgrade\nUpgrade: SPDY/3.1\n\n",
                        """
                        POST %s HTTP/1.1
                        Host: node
                        Connection: Upgrade
                        Upgrade: SPDY/3.1
                        Content-Length: 5

                        hello\
                        """,
                        """
                        POST %s HTTP/1.1
                        Host: node
                        Connection: Upgrade
                        Upgrade: SPDY/3.1
                        Transfer-Encoding: chunked

                        0

                        """,
                        "GET %s HTTP/1.0\nConnection: Upgrade\nUpgrade: SPDY/3.1\n\n",
                        "GET %s HTTP/1.1\nHost: node\nX: " + "x".repeat(20_000) + "\n\n",
                        "GET /" + "y".repeat(5_000) + "%s HTTP/1.1\nHost: node\n\n",
                        "nonsense%s\n\n");
        for (String request : bad) {
            try (Socket socket = new Socket(url.getHost(), url.getPort())) {
                socket.setSoTimeout(20_000);
                String head = RawHttp.send(socket, request.formatted(url.getRawPath()) + second);

                assertThat(head).as(request).matches("(?is)HTTP/1\\.1 4.*Connection: close.*");
                assertThat(RawHttp.rest(socket)).as(request).doesNotContain("HTTP/1.1 ");
            } catch (java.net.SocketException e) {
                assertThat(e).as(request).hasMessageContaining("reset");
            }
        }
        assertThat(backend.orders).isEmpty();
    }

    @Test
    void onlyLoopbackAddressesAreServed() {
        assertThatThrownBy(() ->
                        new StreamingServer.Settings(
                                new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0),
                                Duration.ofHours(1)))
                .hasMessageContaining("loopback");
    }
}
