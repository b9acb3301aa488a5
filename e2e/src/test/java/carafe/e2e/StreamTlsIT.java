package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.daemon.Instance;
import carafe.testkit.stream.Dialer;
import carafe.testkit.stream.SpdyClient;
import carafe.testkit.tls.SelfMadeIdentity;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams over TLS, as the configuration asks for it. */
@Timeout(120)
final class StreamTlsIT {
    @RegisterExtension static final Node node = new Node(StreamTlsIT::configure);

    private static List<String> configure(Instance instance)
            throws IOException, InterruptedException {
        install(instance.scratch(), identity(instance.scratch()));
        Path config =
                Files.writeString(
                        instance.scratch().resolve("config.toml"),
                        """
                        [streaming]
                        tls_cert = "%1$s/tls.crt"
                        tls_key = "%1$s/tls.key"
                        """
                                .formatted(instance.scratch()));
        return List.of("--config", config.toString());
    }

    private static SelfMadeIdentity identity(Path dir) throws IOException, InterruptedException {
        try {
            return SelfMadeIdentity.create(dir, "EC");
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static void install(Path dir, SelfMadeIdentity identity) throws IOException {
        try {
            Files.writeString(dir.resolve("tls.crt"), identity.certificatePem());
            Files.writeString(dir.resolve("tls.key"), identity.keyPem());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** A new certificate counts for new connections, without a signal, and breaks none. */
    @Test
    void anExecIsEncryptedAndLivesThroughANewCertificate() throws Exception {
        Path dir = node.instance().scratch();
        PodSandboxConfig pod = node.pod("tls").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet().run(podId, pod, node.container("target", "sleep", "1000").build());
        SelfMadeIdentity first = identity(dir);
        install(dir, first);
        URI url = StreamUrls.exec(node.client(), id, "cat");
        assertThat(url.getScheme()).isEqualTo("https");
        String v4 = "v4.channel.k8s.io";
        try (SpdyClient client = new SpdyClient(Dialer.tls(first.trusting()), url, v4)) {
            int error = client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            SelfMadeIdentity second = identity(dir);
            install(dir, second);
            URI next = StreamUrls.exec(node.client(), id, "true");
            assertThatThrownBy(() -> new SpdyClient(Dialer.tls(first.trusting()), next, v4))
                    .isInstanceOf(SSLException.class);
            new SpdyClient(Dialer.tls(second.trusting()), next, v4).close();

            client.send(stdin, "hello");
            client.end(stdin);
            assertThat(client.readAll(stdout)).isEqualTo("hello");
            assertThat(client.readAll(error)).contains("Success");
        }
    }
}
