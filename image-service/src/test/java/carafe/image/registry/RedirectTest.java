package carafe.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.RegistryAuth;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.Answer;
import carafe.testkit.registry.Gate;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedirectTest {
    private final TestLayer layer = TestLayer.gzip(new TarBuilder().file("a", "b").build());
    private final TestImage image = TestImage.oci(layer);
    private final TestSessions sessions = new TestSessions();
    private ScriptedRegistry registry;
    private ScriptedRegistry storage;
    private String reference;
    private String blobPath;

    @BeforeEach
    void start() throws IOException {
        registry = ScriptedRegistry.start("127.0.0.1");
        storage = ScriptedRegistry.start("127.0.0.2");
        reference = registry.push("app", "v1", image);
        storage.push("app", "v1", image);
        blobPath = "/v2/app/blobs/" + layer.blob().digest();
    }

    @AfterEach
    void stop() throws IOException {
        sessions.close();
        registry.close();
        storage.close();
    }

    private byte[] fetch() throws IOException {
        RegistrySession session = sessions.as(RegistryAuth.basic("me", "secret"), reference);
        session.resolve();
        try (InputStream in = session.blob(TestSessions.descriptor(layer.blob()), 0)) {
            return in.readAllBytes();
        }
    }

    @Test
    void credentialsStayAtTheirOrigin() throws IOException {
        registry.gate(new Gate.Basic("me", "secret"));
        registry.script(
                "/blobs/", Answer.redirect(307, "http://" + storage.host() + blobPath + "?sig=x"));
        assertThat(fetch()).isEqualTo(layer.blob().content());
        assertThat(storage.received()).hasSize(1);
        assertThat(storage.received().getFirst().headers()).doesNotContainKey("authorization");
        assertThat(registry.received("/blobs/").getFirst().header("authorization")).isNotEmpty();
    }

    @Test
    void anotherPortIsAnotherOriginAndComingBackDoesNotBringThemBack() {
        registry.gate(new Gate.Basic("me", "secret"));
        storage.script("/blobs/", Answer.redirect(302, "http://" + registry.host() + blobPath));
        registry.script(
                "/blobs/",
                Answer.redirect(307, "http://" + storage.host() + blobPath),
                Answer.RIGHT);
        assertThatThrownBy(this::fetch).isInstanceOf(CarafeException.Denied.class);
        assertThat(registry.received("/blobs/").get(1).headers())
                .doesNotContainKey("authorization");
    }

    @Test
    void relativeRedirectsKeepThem() throws IOException {
        registry.gate(new Gate.Basic("me", "secret"));
        registry.script("/blobs/", Answer.redirect(301, blobPath));
        assertThat(fetch()).isEqualTo(layer.blob().content());
    }

    @Test
    void theSixthHopIsRefused() throws IOException {
        Answer again = Answer.redirect(307, blobPath);
        registry.script("/blobs/", again, again, again, again, again);
        assertThat(fetch()).isEqualTo(layer.blob().content());
        registry.script("/blobs/", again, again, again, again, again, again);
        assertThatThrownBy(this::fetch)
                .isInstanceOf(CarafeException.Denied.class)
                .hasMessageContaining("more than 5");
    }

    @Test
    void whereNoRedirectMayLead() {
        URI encrypted = URI.create("https://registry.example/v2/app/blobs/x");
        URI plain = URI.create("http://127.0.0.1:5000/v2/app/blobs/x");
        assertThatThrownBy(() -> TargetPolicy.redirect(encrypted, "http://registry.example/y"))
                .hasMessageContaining("encryption");
        for (String target :
                new String[] {
                    "http://169.254.169.254/latest",
                    "ftp://host/x",
                    "file:///etc/passwd",
                    "http://u:p@host/x",
                    "",
                    "http:///x",
                    "http://[fe80::1%25eth0]/",
                    "\0"
                }) {
            assertThatThrownBy(() -> TargetPolicy.redirect(plain, target.isEmpty() ? "x:" : target))
                    .as(target)
                    .isInstanceOf(CarafeException.Denied.class);
        }
        assertThat(TargetPolicy.redirect(encrypted, "https://cdn.example/y?sig=1"))
                .hasToString("https://cdn.example/y?sig=1");
    }

    @Test
    void messagesShowNoQuery() {
        assertThatThrownBy(() ->
                        TargetPolicy.redirect(
                                URI.create("https://r.example/"),
                                "http://cdn.example/y?X-Signature=MARKER"))
                .hasMessageNotContaining("MARKER");
    }
}
