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
import java.net.URI;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxiesTest {
    private static final String LOGIN = "Basic bWU6cCU="; // me:p%

    @ParameterizedTest
    @CsvSource({
        "https://r.example/v2, yes",
        "http://r.example/v2, yes",
        "http://127.0.0.1:5000/v2, no",
        "http://[::1]:5000/v2, no",
        "https://localhost/v2, no",
        "https://in.corp/v2, no",
        "https://a.in.corp/v2, no",
        "https://plain.corp/v2, yes",
        "https://10.1.2.3/v2, no",
        "https://11.1.2.3/v2, yes",
        "https://[fd00::1]/v2, no",
        "https://port.example:5000/v2, no",
        "https://port.example/v2, yes",
        "https://sub.dot.example/v2, no",
        "https://192.0.2.7/v2, no",
    })
    void theEnvironmentDecidesWhoIsAskedThroughTheProxy(String uri, String answer) {
        Proxies proxies =
                Proxies.of(
                        Map.of(
                                "https_proxy", "proxy.example:3128",
                                "HTTP_PROXY", "http://proxy.example:3128/",
                                "NO_PROXY",
                                        "in.corp, 10.0.0.0/8,fd00::/8,port.example:5000,"
                                                + ".dot.example,192.0.2.7,,"));
        assertThat(proxies.of(URI.create(uri)).isPresent()).isEqualTo(answer.equals("yes"));
    }

    @Test
    void aStarIsEverybodyAndNoVariableIsNobody() {
        URI uri = URI.create("https://r.example/v2");
        assertThat(Proxies.of(Map.of("HTTPS_PROXY", "p:1", "no_proxy", "*")).of(uri)).isEmpty();
        assertThat(Proxies.of(Map.of()).of(uri)).isEmpty();
        assertThat(Proxies.of(Map.of("HTTPS_PROXY", "http://u:pa%25ss@p")).of(uri).orElseThrow())
                .hasToString("p:80");
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://u:secret@p:1", "https://u:secret@p:1", "http://u:secret@"})
    void whatIsNoProxyIsNamedWithoutItsPassword(String text) {
        assertThatThrownBy(() -> Proxies.of(Map.of("HTTPS_PROXY", text)))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("HTTPS_PROXY")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aPullGoesThroughTheProxyAndTheRegistryDoesNotSeeItsPassword() throws IOException {
        TestImage image = TestImage.oci(TestLayer.gzip(new TarBuilder().file("a", "b").build()));
        try (ScriptedRegistry registry = ScriptedRegistry.start();
                ScriptedProxy proxy = ScriptedProxy.start(registry.host(), LOGIN)) {
            registry.push("app", "v1", image);
            resolve(proxy, "me:p%25@", "registry.test");
            assertThat(proxy.heads()).hasSize(1);
            assertThat(registry.received("/manifests/")).hasSize(1);
            assertThatThrownBy(() -> resolve(proxy, "", "registry.test"))
                    .isInstanceOf(CarafeException.Unavailable.class)
                    .hasMessageContaining("407");
        }
    }

    private static void resolve(ScriptedProxy proxy, String login, String registry) {
        Map<String, String> environment =
                Map.of("HTTP_PROXY", "http://%s%s".formatted(login, proxy.address()));
        Registries.Node node =
                new Registries.Node(
                        new DefaultHosts(Set.of(registry)),
                        NodeCredentials.NONE,
                        Proxies.of(environment));
        try (TestSessions sessions = new TestSessions(node)) {
            sessions.anonymous(registry + "/app:v1").resolve();
        }
    }
}
