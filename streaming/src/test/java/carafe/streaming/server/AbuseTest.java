package carafe.streaming.server;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.Streams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Peers that do not keep to their protocol: each loses its connection, nobody else notices. Seeds
 * of what to try by chance: SPDY frames, WebSocket frames.
 */
@Timeout(120)
class AbuseTest {
    private static final int SYN_STREAM = 1;
    private static final int SYN_REPLY = 2;
    private static final int SETTINGS = 4;

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
        for (Map.Entry<String, byte[]> bad : spdySeeds().entrySet()) {
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
        for (Map.Entry<String, byte[]> bad : webSocketSeeds().entrySet()) {
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

    private static Map<String, byte[]> spdySeeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("an unknown version", control(2, SYN_STREAM, new byte[10]));
        seeds.put("SETTINGS whose count is a lie", control(3, SETTINGS, number(1_000_000)));
        seeds.put("SETTINGS without end", settings(5_000));
        seeds.put("a reply where none was asked for", control(3, SYN_REPLY, new byte[12]));
        seeds.put("an even stream", open(2, block("streamtype", "error")));
        seeds.put("stream zero", open(0, block("streamtype", "error")));
        seeds.put(
                "a stream number again",
                join(open(5, block("streamtype", "error")), open(3, block("streamtype", "stdin"))));
        seeds.put("data for a stream that never was", data(99));
        seeds.put("a header block that is no zlib", open(1, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
        seeds.put("a header block that grows a thousandfold", open(1, bomb()));
        seeds.put("a header count that is a lie", open(1, deflated(number(0x7fffffff))));
        return seeds;
    }

    private static Map<String, byte[]> webSocketSeeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("an unmasked frame", new byte[] {(byte) 0x82, 2, 0, 'x'});
        seeds.put("a compressed frame", frame(0xc2, new byte[] {0, 'x'}));
        seeds.put("an unknown opcode", frame(0x83, new byte[] {0, 'x'}));
        seeds.put("a channel that no version has", frame(0x82, new byte[] {9, 'x'}));
        seeds.put(
                "a length of an exabyte",
                new byte[] {(byte) 0x82, (byte) 0xff, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        seeds.put("a frame of two megabytes", frame(0x82, new byte[2 << 20]));
        seeds.put("a message of endless parts", join(frame(2, new byte[1 << 19]), parts(8)));
        seeds.put("a continuation of nothing", frame(0x80, new byte[] {0, 'x'}));
        seeds.put("a ping longer than any", frame(0x89, new byte[200]));
        seeds.put("a flood of pings", repeated(frame(0x89, new byte[] {1}), 2_000));
        seeds.put("a flood of nothing", repeated(frame(0x82, new byte[0]), 2_000));
        return seeds;
    }

    private static byte[] parts(int count) {
        return repeated(frame(0, new byte[1 << 19]), count);
    }

    private static byte[] frame(int head, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(14 + payload.length);
        out.put((byte) head);
        if (payload.length < 126) {
            out.put((byte) (0x80 | payload.length));
        } else if (payload.length <= 0xffff) {
            out.put((byte) 0xfe).putShort((short) payload.length);
        } else {
            out.put((byte) 0xff).putLong(payload.length);
        }
        out.putInt(0).put(payload); // a mask of zeros
        return Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] control(int version, int type, byte[] body) {
        return ByteBuffer.allocate(8 + body.length)
                .putShort((short) (0x8000 | version))
                .putShort((short) type)
                .putInt(body.length)
                .put(body)
                .array();
    }

    private static byte[] settings(int count) {
        ByteBuffer body = ByteBuffer.allocate(4 + 8 * count).putInt(count);
        for (int i = 0; i < count; i++) {
            body.putInt(i + 1).putInt(i);
        }
        return control(3, SETTINGS, body.array());
    }

    private static byte[] open(int stream, byte[] headers) {
        byte[] body =
                ByteBuffer.allocate(10 + headers.length)
                        .putInt(stream)
                        .putInt(0)
                        .putShort((short) 0)
                        .put(headers)
                        .array();
        return control(3, SYN_STREAM, body);
    }

    private static byte[] data(int stream) {
        return ByteBuffer.allocate(9).putInt(stream).putInt(1).put((byte) 'x').array();
    }

    private static byte[] block(String name, String value) {
        byte[] n = name.getBytes(StandardCharsets.US_ASCII);
        byte[] v = value.getBytes(StandardCharsets.US_ASCII);
        return deflated(
                ByteBuffer.allocate(12 + n.length + v.length)
                        .putInt(1)
                        .putInt(n.length)
                        .put(n)
                        .putInt(v.length)
                        .put(v)
                        .array());
    }

    private static byte[] bomb() {
        return deflated(join(number(1), number(1 << 24), new byte[1 << 24]));
    }

    /** Without SPDY's dictionary, which a decoder does not insist on. */
    private static byte[] deflated(byte[] plain) {
        Deflater deflater = new Deflater(9);
        deflater.setInput(plain);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 << 10];
        int n;
        do {
            n = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
            out.write(buffer, 0, n);
        } while (n == buffer.length);
        deflater.end();
        return out.toByteArray();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] repeated(byte[] part, int times) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
