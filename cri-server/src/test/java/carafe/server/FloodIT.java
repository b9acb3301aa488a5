package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.config.CarafeConfig;
import carafe.config.ConfigFiles;
import carafe.metrics.BuildInfo;
import carafe.metrics.Meters;
import carafe.rpc.CriServices;
import carafe.rpc.DaemonCalls;
import carafe.rpc.FakeImages;
import carafe.rpc.FakeRuntime;
import carafe.rpc.Readiness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that misuse HTTP/2 lose their connection; others are answered. */
@Timeout(60)
class FloodIT {
    private static final BuildInfo BUILD = new BuildInfo("1", "r", "25");
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 4;

    private final Meters meters = new Meters(BUILD);

    @TempDir private Path dir;

    @SuppressWarnings("NullAway.Init") // start() runs before every test
    private CriServer server;

    @BeforeEach
    void start() {
        CarafeConfig config =
                ConfigFiles.load(Optional.empty(), Map.of("storage.state", dir.toString()));
        Readiness readiness = new Readiness();
        server =
                new CriServer(
                        config,
                        new CriServices(
                                        new FakeRuntime(),
                                        order -> URI.create("http://none/" + order.method()),
                                        new FakeImages("0"),
                                        BUILD,
                                        InstantSource.system())
                                .define(readiness, meters.rpc(), 1 << 20, Map::of));
        server.start();
        readiness.open();
    }

    @AfterEach
    void stop() {
        server.close();
        meters.close();
    }

    @Test
    void rapidResetsEndTheConnection() throws IOException {
        ByteArrayOutputStream flood = preface();
        for (int stream = 1; stream < 20_000; stream += 2) {
            flood.writeBytes(frame(HEADERS, END_HEADERS, stream, requestHeaders()));
            flood.writeBytes(frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
        }
        assertThat(isCutOff(flood.toByteArray())).isTrue();
        othersAreAnswered();
    }

    @Test
    void endlessContinuationsEndTheConnection() throws IOException {
        ByteArrayOutputStream flood = preface();
        flood.writeBytes(frame(HEADERS, 0, 1, requestHeaders()));
        for (int i = 0; i < 10_000; i++) {
            flood.writeBytes(frame(CONTINUATION, 0, 1, new byte[0]));
        }
        assertThat(isCutOff(flood.toByteArray())).isTrue();
        othersAreAnswered();
    }

    private void othersAreAnswered() {
        try (CriClient client = new CriClient(dir.resolve("carafe.sock"))) {
            assertThat(client.call(DaemonCalls::listImages)).hasSize(1);
        }
    }

    /** Whether the server closes the connection before all of it, or soon after, was taken. */
    private boolean isCutOff(byte[] flood) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(dir.resolve("carafe.sock")));
            Thread writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    ByteBuffer bytes = ByteBuffer.wrap(flood);
                                    while (bytes.hasRemaining()) {
                                        channel.write(bytes);
                                    }
                                } catch (IOException e) {
                                    // the server has cut it off, as the reader sees too
                                    assertThat(e).isNotNull();
                                }
                            });
            ByteBuffer answer = ByteBuffer.allocate(64 * 1024);
            try {
                while (channel.read(answer.clear()) >= 0) {
                    // settings, resets, GOAWAY: whatever it says before the end
                }
            } catch (IOException e) {
                return true; // reset by the server
            } finally {
                writer.interrupt();
            }
            return true;
        }
    }

    private static ByteArrayOutputStream preface() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(frame(SETTINGS, 0, 0, new byte[0]));
        return out;
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** HPACK: POST, http, the path, content-type and te, none of them indexed. */
    private static byte[] requestHeaders() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x83, (byte) 0x86, 0x04});
        text(out, "/runtime.v1.RuntimeService/Version");
        out.writeBytes(new byte[] {0x01});
        text(out, "localhost");
        out.writeBytes(new byte[] {0x0f, 0x10});
        text(out, "application/grpc");
        out.writeBytes(new byte[] {0x00});
        text(out, "te");
        text(out, "trailers");
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        out.write(text.length());
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
