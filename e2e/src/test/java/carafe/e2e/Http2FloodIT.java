package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.TaskScope;
import carafe.proto.cri.VersionRequest;
import carafe.testkit.stream.Http2Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * S05: a peer on the CRI socket that keeps HTTP/2 busy. Everybody else is answered all the same.
 */
@Timeout(120)
final class Http2FloodIT {
    private static final int RESETS = 10_000;
    private static final int CONTINUATIONS = 10_000;
    private static final int CALLS = 100;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final byte[] PREFACE =
            String.join("\r\n", "PRI * HTTP/2.0", "", "SM", "", "")
                    .getBytes(StandardCharsets.US_ASCII);

    @RegisterExtension static final Node node = new Node();

    @Test
    void floodsOfResetsAndOfEmptyFramesHoldUpNobody() throws Exception {
        try (TaskScope scope = new TaskScope("floods")) {
            TaskScope.Outcome<Integer> resets =
                    scope.fork(() -> flood(RESETS, Http2FloodIT::reset));
            TaskScope.Outcome<Integer> empty =
                    scope.fork(() -> flood(CONTINUATIONS, Http2FloodIT::continuation));
            List<Long> nanos = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                long begin = System.nanoTime();
                node.client().runtime().version(VersionRequest.getDefaultInstance());
                nanos.add(System.nanoTime() - begin);
            }
            scope.join(Duration.ofSeconds(60));
            Duration p99 = Duration.ofNanos(nanos.stream().sorted().toList().get(CALLS * 99 / 100));
            System.out.printf(
                    Locale.ROOT,
                    "%d resets (cut off %d times), %d empty frames (%d times): Version p99 %.1f ms%n",
                    RESETS,
                    resets.get(),
                    CONTINUATIONS,
                    empty.get(),
                    p99.toNanos() / 1e6);
            // 250 ms on a machine that does nothing else.
            assertThat(p99).isLessThan(Duration.ofSeconds(2));
            assertThat(resets.get()).as("cut off").isPositive();
            assertThat(empty.get()).as("cut off").isPositive();
        }
    }

    private interface Frames {
        byte[] make(int stream);
    }

    /** How often the server hung up in so many frames. */
    private static int flood(int frames, Frames kind) throws IOException {
        Path path = node.instance().socket();
        int cut = 0;
        int sent = 0;
        while (sent < frames) {
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                write(channel, PREFACE);
                write(channel, Http2Frame.of(SETTINGS, 0, 0, new byte[0]));
                int stream = 1;
                while (sent < frames) {
                    // Counted first: one that is refused was sent all the same.
                    sent++;
                    write(channel, kind.make(stream));
                    stream += 2;
                }
            } catch (IOException e) {
                cut++;
            }
        }
        return cut;
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        while (all.hasRemaining()) {
            channel.write(all);
        }
    }

    private static byte[] reset(int stream) {
        return join(
                Http2Frame.of(HEADERS, END_HEADERS, stream, request()),
                Http2Frame.of(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
    }

    /** Headers that never end: all but the first of them are empty. */
    private static byte[] continuation(int stream) {
        return stream == 1
                ? Http2Frame.of(HEADERS, END_STREAM, 1, request())
                : Http2Frame.of(CONTINUATION, 0, 1, new byte[0]);
    }

    /** RFC 7541: POST, http, and three literals. */
    private static byte[] request() {
        return join(
                new byte[] {(byte) 0x83, (byte) 0x86, 0x04},
                text("/runtime.v1.RuntimeService/Version"),
                new byte[] {0x0f, 0x10},
                text("application/grpc"),
                new byte[] {0},
                text("te"),
                text("trailers"));
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(1 + bytes.length).put((byte) bytes.length).put(bytes).array();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
