package carafe.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
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
        Path store = dir.resolve("store.p12");
        Files.deleteIfExists(store);
        List<String> create =
                new ArrayList<>(
                        List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=test", "-ext"));
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
        Path own = Files.createDirectories(dir.resolve(registry.host()));
        Files.writeString(
                own.resolve("hosts.toml"),
                keys + "\nserver = \"https://%s\"\n".formatted(registry.host()));
        registry.push("app", "v1", image);
        try (TestSessions sessions =
                new TestSessions(new CertsDirectory(dir, new DefaultHosts(Set.of())))) {
            sessions.anonymous(registry.host() + "/app:v1").resolve();
        }
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

    @Test
    void thereIsNoFallbackToPlainHttp() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.start()) {
            assertThatThrownBy(() -> pull(registry, ""))
                    .isInstanceOf(CarafeException.Unavailable.class);
            assertThat(registry.received()).noneMatch(r -> r.method().equals("GET"));
        }
    }
}
