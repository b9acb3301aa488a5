package carafe.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.testkit.fuzz.Fuzz;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** F06, F07: what a registry says of authentication, and what its hosts.toml says. */
class RegistryFuzzTest {
    private static final int MAX_HEADER = 8192;

    @Test
    void challenge() {
        new Fuzz("challenge", RegistryFuzzTest::challenges)
                .seed("Bearer realm=\"https://auth.example/token\",service=\"r\",scope=\"a b\"")
                .seed("Basic realm=\"Registry \\\"Realm\\\"\", Bearer realm=x")
                .seed("Negotiate, Digest qop=\"auth, auth-int\", nonce=\"x==\"")
                .words("Bearer ", "Basic ", "realm=", "\"", "\\", ", ", "=", "==", "\t")
                .maxBytes(3 * MAX_HEADER)
                .maxAllocated(4 << 20)
                .run();
    }

    private static Object challenges(byte[] input) {
        String header = new String(input, StandardCharsets.ISO_8859_1);
        List<Challenge> challenges = ChallengeParser.parse(List.of(header));
        if (header.length() > MAX_HEADER) {
            assertThat(challenges).isEmpty();
        }
        return challenges.stream().map(each -> each.parameters().keySet()).toList();
    }

    @Test
    void hostsToml() {
        DefaultHosts defaults = new DefaultHosts(Set.of());
        HostsToml toml = new HostsToml(Path.of("hosts.toml"), "docker.io", defaults);
        new Fuzz("hosts-toml", input -> endpoints(toml, input))
                .seed(
                        """
                        server = "https://registry-1.docker.io"
                        [host."https://mirror.example:8443"]
                          capabilities = ["pull", "resolve"]
                          skip_verify = false
                          override_path = true
                          [host."https://mirror.example:8443".header]
                            x-team = ["a", "b"]
                        [host."http://127.0.0.1:5000/v2/prefix"]
                          capabilities = ["pull"]
                        """)
                .words("[host.\"", "\"]\n", "ca = \"/etc/ca.pem\"\n", "client = [[\"a\",\"b\"]]\n")
                .words("https://", "http://", "..", "\"\"\"", "[[", "]]", "0x", "1979-05-27")
                .maxBytes(8192)
                .run();
    }

    private static Object endpoints(HostsToml toml, byte[] input) {
        List<Endpoint> endpoints;
        try {
            endpoints = toml.endpoints(input);
        } catch (CarafeException.Precondition e) {
            assertThat(e).hasMessageContaining("hosts.toml");
            return String.valueOf(e.getMessage()).replaceAll("[0-9]+|\".*", "");
        }
        assertThat(endpoints).isNotEmpty();
        for (Endpoint endpoint : endpoints) {
            assertThat(endpoint.base().getScheme()).isIn("http", "https");
            assertThat(endpoint.base().getHost()).isNotEmpty();
        }
        return endpoints.size();
    }
}
