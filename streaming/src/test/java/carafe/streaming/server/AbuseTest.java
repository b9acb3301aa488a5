package carafe.streaming.server;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.Streams;
import carafe.testkit.stream.HostilePeer;
import carafe.testkit.stream.RawHttp;
import carafe.testkit.stream.SpdyClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * S04, S08: peers that do not keep to their protocol. Each loses its connection, nobody else
 * notices.
 */
@Timeout(120)
class AbuseTest {
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

    private URI exec() {
        Streams all = new Streams(true, true, true, false);
        return server.offer(new StreamOrder.Exec("c1", List.of("0"), all));
    }

    @Test
    void spdyPeersThatBreakTheRulesAreCutOff() throws IOException {
        for (Map.Entry<String, byte[]> bad : HostilePeer.spdy().entrySet()) {
            try (SpdyClient client = new SpdyClient(exec(), "v4.channel.k8s.io")) {
                client.writeRaw(bad.getValue());
                client.awaitClose();
            } catch (SocketException e) {
                assertThat(e).as(bad.getKey()).isNotNull();
            }
        }
        aGoodClientIsServed();
    }

    @Test
    void chanceMakesNobodyElseSuffer() throws IOException {
        Random random = new Random(4711);
        for (int i = 0; i < 60; i++) {
            byte[] noise = new byte[1 + random.nextInt(3000)];
            random.nextBytes(noise);
            if (random.nextBoolean()) {
                noise[0] = (byte) 0x80;
                noise[1 % noise.length] = 3;
            }
            try (SpdyClient client = new SpdyClient(exec(), "v4.channel.k8s.io")) {
                client.writeRaw(noise);
            }
        }
        aGoodClientIsServed();
    }

    @Test
    void webSocketPeersThatBreakTheRulesAreCutOff() throws IOException {
        for (Map.Entry<String, byte[]> bad : HostilePeer.webSocket().entrySet()) {
            URI url = exec();
            try (Socket socket = new Socket(url.getHost(), url.getPort())) {
                socket.setSoTimeout(20_000);
                String head =
                        RawHttp.send(
                                socket,
                                """
                                GET %s HTTP/1.1
                                Host: node
                                Connection: Upgrade
                                Upgrade: websocket
                                Sec-WebSocket-Version: 13
                                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                                Sec-WebSocket-Protocol: v5.channel.k8s.io

                                """
                                        .formatted(url.getRawPath()));
                assertThat(head).contains(" 101 ").contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
                socket.getOutputStream().write(bad.getValue());
                assertThat(RawHttp.rest(socket)).as(bad.getKey()).isNotNull();
            } catch (SocketException e) {
                assertThat(e).as(bad.getKey()).isNotNull();
            } catch (SocketTimeoutException e) {
                throw new AssertionError("not cut off: " + bad.getKey(), e);
            }
        }
        aGoodClientIsServed();
    }

    private void aGoodClientIsServed() throws IOException {
        try (SpdyClient client = new SpdyClient(exec(), "v4.channel.k8s.io")) {
            int error = client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            client.end(stdin);
            assertThat(client.readAll(error)).contains("Success");
        }
    }
}
