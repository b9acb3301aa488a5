package carafe.streaming.server;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.Streams;
import carafe.testkit.stream.SpdyClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** S02, S03: what sessions of the past cost in memory. */
@Timeout(120)
class SessionMemoryTest {
    private static final int SESSIONS = 1000;

    /** 10 MiB after 5,000 sessions. */
    private static final long MAX_GROWTH = 2 << 20;

    private final EchoBackend backend = new EchoBackend();

    @Test
    void sessionsThatEndBadlyLeaveNothingOnTheHeap() throws Exception {
        try (StreamingServer server =
                new StreamingServer(
                        new StreamingServer.Settings(
                                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                                Duration.ofHours(4)),
                        backend,
                        InstantSource.system())) {
            server.start();
            abort(server, SESSIONS / 2);
            long before = heapAfterCollection();
            abort(server, SESSIONS);
            assertThat(heapAfterCollection() - before).isLessThan(MAX_GROWTH);
        }
    }

    private void abort(StreamingServer server, int sessions) throws Exception {
        for (int i = 0; i < sessions; i++) {
            String command = i % 2 == 0 ? "0" : "nowhere";
            Streams streams = new Streams(true, true, false, true);
            URI url = server.offer(new StreamOrder.Exec("c1", List.of(command), streams));
            abortOne(url, i % 6);
        }
        backend.orders.clear();
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (backend.open.get() > 0 || server.connections() > 0) {
            assertThat(System.nanoTime()).as("all ended in time").isLessThan(end);
            Thread.sleep(10);
        }
    }

    private static void abortOne(URI url, int streams) throws IOException {
        SpdyClient client = new SpdyClient(url, "v4.channel.k8s.io");
        for (String type :
                List.of("error", "stdin", "stdout", "resize").stream().limit(streams).toList()) {
            client.open("streamtype", type);
        }
        client.abort();
    }

    private static long heapAfterCollection() {
        // Twice: what the first one finds to be cleaned, the second one frees.
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
