package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import carafe.base.CarafeException;
import carafe.image.PullRequest;
import carafe.image.RegistryAuth;
import carafe.testkit.image.OciLayout;
import carafe.testkit.image.TestImage;
import carafe.testkit.registry.RealRegistry;
import carafe.testkit.registry.TokenServer;
import carafe.testkit.tls.SelfMadeIdentity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's docker-registry with TLS, with basic authentication, and with a token server. */
final class GuardedRegistryIT {
    private static final String PASSWORD = "pa55word";
    private static final String HASH =
            "$2b$04$OKQufQqTkv3Q2UQer1Wfve.koQKm2ZfpLtmmIDnyzqyP7Y2zpvcwK";
    private static final String LOGIN = "me:" + PASSWORD;
    private static final String REFRESH = "refresh-token-of-me";

    @TempDir private Path dir;
    private final TestImage image = TestImage.oci("{}", TestImages.layer(1, 100_000));
    private SelfMadeIdentity identity;
    private Path certificate;

    @BeforeEach
    void make() throws Exception {
        assumeThat(RealRegistry.isInstalled()).as("docker-registry is installed").isTrue();
        identity = SelfMadeIdentity.create(dir, "EC");
        certificate = Files.writeString(dir.resolve("cert.pem"), identity.certificatePem());
        Files.writeString(dir.resolve("key.pem"), identity.keyPem());
        new OciLayout()
                .add(image, ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"v1\"}")
                .writeTo(dir.resolve("layout"));
    }

    private String push(RealRegistry registry) throws Exception {
        return registry.copy(
                "oci:" + dir.resolve("layout") + ":v1", "private/app:v1", "--dest-creds", LOGIN);
    }

    private static void pull(LocalImages images, String reference, RegistryAuth auth) {
        images.pull(new PullRequest(reference, Optional.of(auth), TestImages.DEADLINE));
    }

    private void expectOnlyMe(LocalImages images, String reference) {
        assertThatThrownBy(() -> images.pull(TestImages.request(reference)))
                .isInstanceOf(CarafeException.Denied.class);
        assertThatThrownBy(() -> pull(images, reference, RegistryAuth.basic("me", "wrong")))
                .isInstanceOf(CarafeException.Denied.class);
        pull(images, reference, RegistryAuth.basic("me", PASSWORD));
        String auth = Base64.getEncoder().encodeToString(LOGIN.getBytes(StandardCharsets.UTF_8));
        pull(images, reference, new RegistryAuth("", "", auth, "", "", ""));
        assertThat(images.list()).hasSize(1);
        assertThatThrownBy(() -> images.pull(TestImages.request(reference)))
                .as("what is here is private all the same")
                .isInstanceOf(CarafeException.Denied.class);
    }

    @Test
    void basicAuthenticationOverTls() throws Exception {
        Files.writeString(dir.resolve("htpasswd"), "me:" + HASH + "\n");
        String tls =
                ", tls: {certificate: \"%s\", key: \"%s\"}"
                        .formatted(certificate, dir.resolve("key.pem"));
        String auth =
                "auth: {htpasswd: {realm: test, path: \"%s\"}}".formatted(dir.resolve("htpasswd"));
        Path root = dir.resolve("root");
        try (RealRegistry registry = RealRegistry.start(dir, tls, auth)) {
            String reference = push(registry);
            Path own = Files.createDirectories(root.resolve("certs.d").resolve(registry.host()));
            String server = "server = \"https://%s\"\n".formatted(registry.host());
            Files.writeString(own.resolve("hosts.toml"), server);
            try (LocalImages images = TestImages.open(root)) {
                assertThatThrownBy(
                                () -> pull(images, reference, RegistryAuth.basic("me", PASSWORD)))
                        .as("nobody vouches for the registry")
                        .isInstanceOf(CarafeException.Unavailable.class);
                Files.writeString(
                        own.resolve("hosts.toml"), server + "ca = \"%s\"\n".formatted(certificate));
                expectOnlyMe(images, reference);
            }
        }
    }

    @Test
    void tokensOfATokenServer() throws Exception {
        try (TokenServer tokens = TokenServer.start(identity, LOGIN, REFRESH)) {
            String auth =
                    "auth: {token: {realm: \"%s\", service: \"%s\", issuer: \"%s\", rootcertbundle: \"%s\"}}"
                            .formatted(
                                    tokens.realm(),
                                    TokenServer.SERVICE,
                                    TokenServer.ISSUER,
                                    certificate);
            try (RealRegistry registry = RealRegistry.start(dir, "", auth);
                    LocalImages images = TestImages.open(dir.resolve("root"))) {
                String reference = push(registry);
                int before = tokens.issued();
                expectOnlyMe(images, reference);
                assertThat(tokens.issued() - before).as("kept for its scope").isEqualTo(1);
                pull(images, reference, new RegistryAuth("", "", "", "", REFRESH, ""));
            }
        }
    }
}
