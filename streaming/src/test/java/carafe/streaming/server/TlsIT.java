package carafe.streaming.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.base.TaskScope;
import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.Streams;
import carafe.testkit.stream.CommandWire;
import carafe.testkit.stream.Dialer;
import carafe.testkit.stream.RawHttp;
import carafe.testkit.stream.SpdyClient;
import carafe.testkit.stream.SpdyWire;
import carafe.testkit.stream.WebSocketWire;
import carafe.testkit.tls.SelfMadeIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server with TLS, whose certificates are made for the test. */
@Timeout(120)
class TlsIT {
    private static final String V4 = "v4.channel.k8s.io";
    private static final Streams ALL = new Streams(true, true, true, false);
    private static final Streams TWO = new Streams(true, true, false, false);

    @SuppressWarnings("NullAway.Init")
    private static SelfMadeIdentity first;

    @SuppressWarnings("NullAway.Init")
    private static SelfMadeIdentity second;

    @SuppressWarnings("NullAway.Init")
    private static SelfMadeIdentity third;

    @TempDir private Path dir;

    private Path certificate() {
        return dir.resolve("tls.crt");
    }

    private Path key() {
        return dir.resolve("tls.key");
    }

    @BeforeAll
    static void makeIdentities(@TempDir Path dir) throws Exception {
        first = SelfMadeIdentity.create(dir, "RSA");
        second = SelfMadeIdentity.create(dir, "EC");
        third = SelfMadeIdentity.create(dir, "Ed25519");
    }

    private void install(SelfMadeIdentity identity) throws Exception {
        Files.writeString(certificate(), identity.certificatePem());
        Files.writeString(key(), identity.keyPem());
    }

    private StreamingServer server(Optional<Path> clientCa) {
        return new StreamingServer(
                new StreamingServer.Settings(
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                        Duration.ofHours(4),
                        Optional.of(new TlsFiles(certificate(), key(), clientCa))),
                new EchoBackend(),
                InstantSource.system());
    }

    private static URI exec(StreamingServer server, Streams streams) {
        return server.offer(new StreamOrder.Exec("c1", List.of("0"), streams));
    }

    private static SpdyClient connect(StreamingServer server, SSLContext context)
            throws IOException {
        return new SpdyClient(Dialer.tls(context), exec(server, ALL), V4);
    }

    @Test
    void streamsAreEncryptedOverEitherTransport() throws Exception {
        install(third);
        try (StreamingServer server = server(Optional.empty())) {
            server.start();
            Dialer dialer = Dialer.tls(third.trusting());
            assertThat(exec(server, TWO).getScheme()).isEqualTo("https");
            try (CommandWire wire = new SpdyWire(dialer, exec(server, TWO))) {
                echo(wire, 2 << 20);
            }
            try (CommandWire wire = new WebSocketWire(dialer, exec(server, TWO))) {
                echo(wire, 2 << 20);
            }
            aPlainRequestGetsNoAnswer(exec(server, TWO));
        }
    }

    /** Both directions at once, more than any buffer holds. */
    private static void echo(CommandWire wire, int bytes) throws Exception {
        try (TaskScope scope = new TaskScope("echo")) {
            byte[] block = new byte[64 << 10];
            scope.fork(() -> {
                for (int sent = 0; sent < bytes; sent += block.length) {
                    wire.send(block, 0, block.length);
                }
                wire.endInput();
                return "";
            });
            long[] received = {0};
            String status = wire.receive((_, _, length) -> received[0] += length);
            scope.join(Duration.ofSeconds(60));
            assertThat(received[0]).isEqualTo(bytes);
            assertThat(status).contains("Success");
        }
    }

    private static void aPlainRequestGetsNoAnswer(URI url) throws IOException {
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(20_000);
            String request = "GET %s HTTP/1.1\nHost: node\n\n".formatted(url.getRawPath());
            assertThat(RawHttp.send(socket, request)).doesNotContain("HTTP/1.1");
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    @Test
    void aNewCertificateIsTakenUpAndBreaksNoSession() throws Exception {
        install(first);
        try (StreamingServer server = server(Optional.empty())) {
            server.start();
            try (SpdyClient early = connect(server, first.trusting())) {
                int error = early.open("streamtype", "error");
                int stdin = early.open("streamtype", "stdin");
                int stdout = early.open("streamtype", "stdout");
                early.open("streamtype", "stderr");

                // Half of the change: the old pair goes on.
                Files.writeString(certificate(), second.certificatePem());
                connect(server, first.trusting()).close();
                Files.writeString(key(), second.keyPem());
                connect(server, second.trusting()).close();
                assertThatThrownBy(() -> connect(server, first.trusting()))
                        .isInstanceOf(SSLException.class);
                // Nonsense: the pair of now goes on.
                Files.writeString(certificate(), "nonsense");
                connect(server, second.trusting()).close();

                early.send(stdin, "still here");
                early.await(stdout, "still here");
                early.end(stdin);
                assertThat(early.readAll(error)).contains("Success");
            }
        }
    }

    @Test
    void clientsMayHaveToShowACertificate() throws Exception {
        install(first);
        Path ca = Files.writeString(dir.resolve("ca.crt"), second.certificatePem());
        try (StreamingServer server = server(Optional.of(ca))) {
            server.start();
            connect(server, first.trustingAs(second)).close();
            // With TLS 1.3 the client hears of the refusal when it reads.
            assertThatThrownBy(() -> connect(server, first.trusting()))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> connect(server, first.trustingAs(third)))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatIsWrongWithAFileIsSaid() throws Exception {
        refused("streaming.tls_cert: there is no " + certificate());
        Files.writeString(certificate(), "hello");
        Files.writeString(key(), second.keyPem());
        refused("streaming.tls_cert: " + certificate() + " has no certificate");
        Files.writeString(certificate(), second.certificatePem());
        Files.writeString(key(), third.keyPem());
        refused("streaming.tls_key: " + key() + " is not the key of the first certificate");
        Files.writeString(key(), "hello");
        refused("streaming.tls_key: " + key() + " has no private key");
        Files.writeString(key(), second.keyPem().replace("PRIVATE KEY", "EC PRIVATE KEY"));
        refused("convert it: openssl pkcs8 -topk8 -nocrypt -in " + key());
    }

    private void refused(String why) {
        assertThatThrownBy(() -> server(Optional.empty()).close())
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining(why);
    }
}
