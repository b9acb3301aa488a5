package carafe.streaming.server;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.Streams;
import carafe.testkit.stream.SpdyWire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RL38: attached clients that take nothing. */
@Timeout(60)
class LazyClientTest {
    /** More than all buffers hold. */
    private static final int ENOUGH = 16 << 20;

    private final EchoBackend backend = new EchoBackend();

    /** The pump has dropped it long ago; its connection must not stay for hours. */
    @Test
    void anAttachedClientThatTakesNothingIsCutOff() throws Exception {
        try (StreamingServer server =
                new StreamingServer(
                        new StreamingServer.Settings(
                                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                                Duration.ofHours(4),
                                Duration.ofMillis(300),
                                Optional.empty()),
                        backend,
                        InstantSource.system())) {
            server.start();
            Streams streams = new Streams(true, true, false, false);
            URI url = server.offer(new StreamOrder.Attach("c1", streams));
            try (SpdyWire wire = new SpdyWire(url)) {
                // It comes back, and nobody reads it.
                byte[] block = new byte[64 << 10];
                for (int sent = 0; sent < ENOUGH; sent += block.length) {
                    wire.send(block, 0, block.length);
                }
                long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                while (backend.open.get() > 0 || server.connections() > 0) {
                    assertThat(System.nanoTime()).as("cut off in time").isLessThan(end);
                    Thread.sleep(10);
                }
            } catch (SocketException e) {
                assertThat(e).as("cut off while it sent").isNotNull();
            }
        }
    }
}
