package carafe.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.credential.NodeCredentials;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.ScriptedProxy;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsIT {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir private Path dir;
    private final TestImage image =
            TestImage.oci(TestLayer.gzip(new TarBuilder().file("a", "b").build()));

    /** A certificate signed by itself; returns its key store and leaves cert.pem beside it. */
    private SSLContext identity(String subjectAlternativeName, String... more) throws Exception {
        return identityOf("EC", subjectAlternativeName, more);
    }

    private SSLContext identityOf(String algorithm, String subjectAlternativeName, String... more)
            throws Exception {
        Path store = dir.resolve("store.p12");
        Files.deleteIfExists(store);
        List<String> create =
                new ArrayList<>(
                        List.of("-genkeypair", "-keyalg", algorithm, "-dname", "CN=test", "-ext"));
        create.add("SAN=" + subjectAlternativeName);
        create.addAll(List.of(more));
        keytool(store, create);
        keytool(store, List.of("-exportcert", "-rfc", "-file", dir.resolve("cert.pem").toString()));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(Path store, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(arguments);
        command.addAll(
                List.of("-alias", "test", "-storetype", "PKCS12", "-keystore", store.toString()));
        command.addAll(List.of("-storepass", new String(PASSWORD)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    private void pull(ScriptedRegistry registry, String keys) throws IOException {
        try (TestSessions sessions =
                new TestSessions(new CertsDirectory(dir, new DefaultHosts(Set.of())))) {
            pull(sessions, registry, keys);
        }
    }

    private void pull(TestSessions sessions, ScriptedRegistry registry, String keys)
            throws IOException {
        Path own = Files.createDirectories(dir.resolve(registry.host()));
        Files.writeString(
                own.resolve("hosts.toml"),
                keys + "\nserver = \"https://%s\"\n".formatted(registry.host()));
        registry.push("app", "v1", image);
        sessions.anonymous(registry.host() + "/app:v1").resolve();
    }

    /** The private key of the last identity as key.pem, in one of the two usual forms. */
    private void writeKey(String form) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(dir.resolve("store.p12"))) {
            keys.load(in, PASSWORD);
        }
        byte[] pkcs8 = keys.getKey("test", PASSWORD).getEncoded();
        // PKCS #8 of an RSA key of 2,048 bits and more is PKCS #1 after a header of 26 bytes.
        byte[] content =
                form.equals("PRIVATE KEY") ? pkcs8 : Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
        Files.writeString(
                dir.resolve("key.pem"),
                "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
                        .formatted(form, Base64.getMimeEncoder().encodeToString(content)));
    }

    /** The same identity, believing only certificates that cert.pem has signed. */
    private SSLContext asking() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(dir.resolve("store.p12"))) {
            keys.load(in, PASSWORD);
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("test", keys.getCertificate("test"));
        KeyManagerFactory own =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory peers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        peers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), peers.getTrustManagers(), null);
        return context;
    }

    @Test
    void aCertificateOfAConfiguredAuthorityIsTrusted() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.startTls(identity("ip:127.0.0.1"))) {
            pull(registry, "ca = \"%s\"".formatted(dir.resolve("cert.pem")));
            assertThat(registry.received()).hasSize(1);
        }
    }

    @Test
    void checksAreSkippedOnlyWhereThatIsConfigured() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.startTls(identity("dns:other"))) {
            pull(registry, "skip_verify = true");
            assertThat(registry.received()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown authority", "wrong name", "expired"})
    void whatIsNotTrustedGetsNoRequestAndNoSecondTry(String fault) throws Exception {
        SSLContext identity =
                switch (fault) {
                    case "wrong name" -> identity("dns:other.example");
                    case "expired" ->
                            identity("ip:127.0.0.1", "-startdate", "-10d", "-validity", "5");
                    default -> identity("ip:127.0.0.1");
                };
        String ca = "ca = \"%s\"".formatted(dir.resolve("cert.pem"));
        try (ScriptedRegistry registry = ScriptedRegistry.startTls(identity)) {
            assertThatThrownBy(() -> pull(registry, fault.startsWith("unknown") ? "" : ca))
                    .isInstanceOf(CarafeException.Unavailable.class)
                    .hasMessageStartingWith("RegistryUnavailable: ")
                    .hasMessageContaining("SSL")
                    .hasMessageNotContaining("tries");
            assertThat(registry.received()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIVATE KEY", "RSA PRIVATE KEY"})
    void aHostThatAsksWhoWeAreGetsTheConfiguredCertificate(String form) throws Exception {
        identityOf("RSA", "ip:127.0.0.1");
        writeKey(form);
        SSLContext asking = asking();
        try (ScriptedRegistry registry = ScriptedRegistry.startTlsAsking(asking)) {
            String ca = "ca = \"%s\"\n".formatted(dir.resolve("cert.pem"));
            assertThatThrownBy(() -> pull(registry, ca))
                    .isInstanceOf(CarafeException.Unavailable.class);
            assertThat(registry.received()).isEmpty();
            pull(
                    registry,
                    ca
                            + "client = [[\"%s\", \"%s\"]]"
                                    .formatted(dir.resolve("cert.pem"), dir.resolve("key.pem")));
            assertThat(registry.received()).hasSize(1);
        }
    }

    @Test
    void aReplacedAuthorityCountsFromTheNextPullOn() throws Exception {
        SSLContext first = identity("ip:127.0.0.1");
        Path ca = dir.resolve("ca.pem");
        Files.copy(dir.resolve("cert.pem"), ca);
        SSLContext second = identity("ip:127.0.0.1");
        try (ScriptedRegistry registry = ScriptedRegistry.startTls(second);
                ScriptedRegistry other = ScriptedRegistry.startTls(first);
                TestSessions sessions =
                        new TestSessions(new CertsDirectory(dir, new DefaultHosts(Set.of())))) {
            String keys = "ca = \"%s\"".formatted(ca);
            pull(sessions, other, keys);
            assertThatThrownBy(() -> pull(sessions, registry, keys))
                    .isInstanceOf(CarafeException.Unavailable.class);
            Files.copy(dir.resolve("cert.pem"), ca, StandardCopyOption.REPLACE_EXISTING);
            pull(sessions, registry, keys);
            assertThat(registry.received()).hasSize(1);
        }
    }

    @Test
    void thereIsNoFallbackToPlainHttp() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.start()) {
            assertThatThrownBy(() -> pull(registry, ""))
                    .isInstanceOf(CarafeException.Unavailable.class);
            assertThat(registry.received()).noneMatch(r -> r.method().equals("GET"));
        }
    }

    @Test
    void aProxyLeadsToTheRegistryAndOnlyItSeesItsPassword() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.startTls(identity("dns:r.test"));
                ScriptedProxy proxy = ScriptedProxy.start(registry.host(), "Basic bWU6cHc=")) {
            registry.push("app", "v1", image);
            Path own = Files.createDirectories(dir.resolve("r.test"));
            Files.copy(dir.resolve("cert.pem"), own.resolve("ca.pem"));
            Files.writeString(own.resolve("hosts.toml"), "ca = \"ca.pem\"");
            Registries.Node node =
                    new Registries.Node(
                            new CertsDirectory(dir, new DefaultHosts(Set.of())),
                            NodeCredentials.NONE,
                            Proxies.of(Map.of("HTTPS_PROXY", "http://me:pw@" + proxy.address())));
            try (TestSessions sessions = new TestSessions(node)) {
                sessions.anonymous("r.test/app:v1").resolve();
            }
            assertThat(proxy.heads().getFirst()).startsWith("CONNECT r.test:443 ");
            assertThat(registry.received().getFirst().header("proxy-authorization")).isEmpty();
        }
    }
}
