package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.TaskScope;
import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.stream.CommandWire;
import carafe.testkit.stream.SpdyClient;
import carafe.testkit.stream.SpdyWire;
import carafe.testkit.stream.WebSocketClient;
import carafe.testkit.stream.WebSocketWire;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many bytes, and many sessions that end badly. The long forms print their figures. */
@Timeout(120)
final class StreamLoadIT {
    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;
    private static final int BLOCK = 64 << 10;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String V4 = "v4.channel.k8s.io";

    @RegisterExtension static final Node node = new Node();

    private PodSandboxConfig pod = PodSandboxConfig.getDefaultInstance();
    private String podId = "";
    private String id = "";

    @BeforeEach
    void runContainer() {
        pod = node.pod("load").build();
        podId = node.kubelet().runPod(pod);
        String serve = "echo page > /tmp/index.html; httpd -p 127.0.0.1:8080 -h /tmp; cat";
        id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container("target", "sh", "-c", serve).setStdin(true).build());
    }

    /** RL43, in short. */
    @Test
    void bytesGoBothWaysAtOnceOverEitherTransport() throws Exception {
        roundTrip("SPDY", SpdyWire::new, 16 * MIB);
        roundTrip("WebSocket", WebSocketWire::new, 16 * MIB);
    }

    /** RL43. */
    @Tag("streaming")
    @Test
    @Timeout(900)
    void aGibibyteGoesBothWaysAtOnceOverEitherTransport() throws Exception {
        roundTrip("SPDY", SpdyWire::new, GIB);
        roundTrip("WebSocket", WebSocketWire::new, GIB);
    }

    private interface Opening {
        CommandWire open(URI url) throws IOException;
    }

    /** What goes to {@code cat} must come back, while it is still going. */
    private void roundTrip(String name, Opening opening, long total) throws Exception {
        URI url = StreamUrls.exec(node.client(), id, "cat");
        try (CommandWire wire = opening.open(url);
                TaskScope scope = new TaskScope("round trip")) {
            long begin = System.nanoTime();
            TaskScope.Outcome<String> sent = scope.fork(() -> send(wire, total));
            MessageDigest received = MessageDigest.getInstance("SHA-256");
            long[] count = {0};
            String status =
                    wire.receive((bytes, offset, length) -> {
                        received.update(bytes, offset, length);
                        count[0] += length;
                    });
            scope.join(PATIENCE);
            assertThat(count[0]).isEqualTo(total);
            assertThat(hex(received)).isEqualTo(sent.get());
            assertThat(status).contains("\"Success\"");
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "exec over %s: %d MiB each way at once, %.0f MiB/s each, sha256 equal%n",
                    name,
                    total / MIB,
                    (double) total / MIB / seconds);
        }
    }

    private static String send(CommandWire wire, long total) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        SplittableRandom random = new SplittableRandom(total);
        byte[] block = new byte[BLOCK];
        for (long done = 0; done < total; done += BLOCK) {
            random.nextBytes(block);
            digest.update(block);
            wire.send(block, 0, BLOCK);
        }
        wire.endInput();
        return hex(digest);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** S02, S03, in short. */
    @Test
    void sessionsThatEndBadlyLeaveNothing() throws Exception {
        endBadly(60);
    }

    /** S02, S03. */
    @Tag("streaming")
    @Test
    @Timeout(3600)
    void fiveThousandSessionsThatEndBadlyLeaveNothing() throws Exception {
        endBadly(5000);
    }

    private void endBadly(int sessions) throws Exception {
        for (int i = 0; i < 10; i++) {
            abort(i);
        }
        settle();
        Holdings before = Holdings.of(node);
        for (int i = 0; i < sessions; i++) {
            abort(i);
        }
        Holdings after = before.awaitIn(node);
        System.out.printf("%d sessions aborted: before %s, after %s%n", sessions, before, after);
    }

    /** Ways to go, at every stage of a session. */
    private void abort(int way) throws Exception {
        switch (way % 5) {
            case 0 -> reset(StreamUrls.exec(node.client(), id, "sleep", "4321"), 3);
            case 1 -> reset(StreamUrls.attach(node.client(), id), 3);
            case 2 -> reset(StreamUrls.exec(node.client(), id, "yes"), way / 5 % 4);
            case 3 -> {
                URI url = StreamUrls.attach(node.client(), id);
                try (WebSocketClient client = new WebSocketClient(url, "v5.channel.k8s.io")) {
                    client.send(0, "to whom it may concern\n");
                }
            }
            default -> missing();
        }
    }

    private static void reset(URI url, int streams) throws IOException {
        SpdyClient client = new SpdyClient(url, V4);
        for (String type : new String[] {"error", "stdin", "stdout"}) {
            if (streams-- > 0) {
                client.open("streamtype", type);
            }
        }
        client.abort();
    }

    private void missing() throws IOException {
        URI url = StreamUrls.terminal(node.client(), id, "/no/such/program");
        try (SpdyClient client = new SpdyClient(url, V4)) {
            int error = client.open("streamtype", "error");
            client.open("streamtype", "stdin");
            client.open("streamtype", "stdout");
            int resize = client.open("streamtype", "resize");
            client.send(resize, "{\"Width\":80,\"Height\":24}");
            assertThat(client.readAll(error))
                    .as("its container: %s", node.kubelet().status(id))
                    .contains("/no/such/program");
        }
    }

    /** As other clients than kubectl do it: two channels for each port. */
    @Test
    void aPortIsForwardedInWebSocketChannelsToo() throws Exception {
        URI url = StreamUrls.portForward(node.client(), podId, 8080, 9);
        try (WebSocketClient client = new WebSocketClient(url, "v4.channel.k8s.io")) {
            client.await(3, "\t\0error forwarding port 9");
            client.send(0, "GET / HTTP/1.0\r\n\r\n");
            client.await(0, "page");
            client.await(0, "\037HTTP/1");
            assertThat(client.awaitClose()).isEqualTo(1000);
        }
    }

    /** RL44, in short. */
    @Test
    void forwardedConnectionsThatAreResetLeaveNothing() throws Exception {
        resetForwarded(30);
    }

    /** RL44. */
    @Tag("streaming")
    @Test
    @Timeout(900)
    void aThousandForwardedConnectionsThatAreResetLeaveNothing() throws Exception {
        resetForwarded(1000);
    }

    private void resetForwarded(int connections) throws Exception {
        for (int i = 0; i < 10; i++) {
            resetOne(i);
        }
        settle();
        Holdings before = Holdings.of(node);
        for (int i = 0; i < connections; i++) {
            resetOne(i);
        }
        Holdings after = before.awaitIn(node);
        System.out.printf(
                "%d forwarded connections reset: before %s, after %s%n",
                connections, before, after);
    }

    /** Before the pod is reached, with an answer under way, or after it. */
    private void resetOne(int way) throws IOException {
        URI url = StreamUrls.portForward(node.client(), podId);
        SpdyClient client = new SpdyClient(url, "portforward.k8s.io");
        client.open("streamtype", "error", "port", "8080", "requestid", "1");
        int data = client.open("streamtype", "data", "port", "8080", "requestid", "1");
        if (way % 3 > 0) {
            client.send(data, "GET / HTTP/1.0\r\n\r\n");
        }
        if (way % 3 > 1) {
            client.await(data, "page");
        }
        client.abort();
    }

    /** Waits until what the warm-up began has ended. */
    private static void settle() throws IOException, InterruptedException {
        Holdings last = Holdings.of(node);
        int quiet = 0;
        while (quiet < 5) {
            Thread.sleep(100);
            Holdings now = Holdings.of(node);
            quiet = now.equals(last) ? quiet + 1 : 0;
            last = now;
        }
    }
}
