package carafe.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import carafe.base.CarafeException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTomlTest {
    @TempDir private Path dir;

    private List<Endpoint> configured(String registry, String text) throws IOException {
        Path own = Files.createDirectories(dir.resolve(registry));
        Files.writeString(own.resolve("hosts.toml"), text);
        return hosts().of(registry);
    }

    private CertsDirectory hosts() {
        return new CertsDirectory(dir, new DefaultHosts(Set.of("plain.example:80")));
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io, https://registry-1.docker.io/v2",
        "quay.io, https://quay.io/v2",
        "quay.io:8443, https://quay.io:8443/v2",
        "localhost, http://localhost/v2",
        "127.0.0.1:5000, http://127.0.0.1:5000/v2",
        "127.9.9.9:5000, http://127.9.9.9:5000/v2",
        "[::1]:5000, http://[::1]:5000/v2",
        "plain.example:80, http://plain.example:80/v2",
        "10.0.0.1:5000, https://10.0.0.1:5000/v2",
        "localhost.evil.example, https://localhost.evil.example/v2",
        "127.0.0.1.evil.example, https://127.0.0.1.evil.example/v2"
    })
    void withoutConfigurationARegistryIsItself(String registry, String base) {
        assertThat(hosts().of(registry))
                .extracting(Endpoint::base)
                .containsExactly(URI.create(base));
    }

    @Test
    void mirrorsComeInOrderAndTheServerLast() throws IOException {
        List<Endpoint> endpoints =
                configured(
                        "gcr.io",
                        """
                        server = "https://gcr.example"

                        [host."http://127.0.0.1:5000"]
                          capabilities = ["pull", "resolve"]
                        [host."https://b.example/prefix/v2"]
                          capabilities = ["pull"]
                          skip_verify = true
                        [host."https://a.example:8443/v2/gcr"]
                          override_path = true
                          ca = ["ca.pem", "/etc/other.pem"]
                        """);
        assertThat(endpoints)
                .extracting(endpoint -> endpoint.base().toString())
                .containsExactly(
                        "http://127.0.0.1:5000/v2",
                        "https://b.example/prefix/v2",
                        "https://a.example:8443/v2/gcr",
                        "https://gcr.example/v2");
        assertThat(endpoints.get(1).capabilities()).containsExactly(Endpoint.Capability.PULL);
        assertThat(endpoints.get(1).access().trust()).isEqualTo(new Trust.Anybody());
        assertThat(endpoints.get(2).access().trust())
                .isEqualTo(
                        new Trust.Authorities(
                                List.of(dir.resolve("gcr.io/ca.pem"), Path.of("/etc/other.pem"))));
        assertThat(endpoints)
                .extracting(Endpoint::role)
                .containsExactly(
                        Endpoint.Role.MIRROR,
                        Endpoint.Role.MIRROR,
                        Endpoint.Role.MIRROR,
                        Endpoint.Role.SERVER);
        assertThat(endpoints.getFirst().resource("x/manifests/y"))
                .hasToString("http://127.0.0.1:5000/v2/x/manifests/y?ns=gcr.io");
        assertThat(endpoints.getLast().resource("x/manifests/y"))
                .hasToString("https://gcr.example/v2/x/manifests/y");
    }

    @Test
    void theDefaultDirectoryIsForTheRest() throws IOException {
        Path rest = Files.createDirectories(dir.resolve("_default"));
        Files.writeString(rest.resolve("hosts.toml"), "[host.\"http://127.0.0.1:5000\"]\n");
        configured("own.example", "");
        assertThat(hosts().of("docker.io"))
                .extracting(endpoint -> endpoint.base().toString())
                .containsExactly("http://127.0.0.1:5000/v2", "https://registry-1.docker.io/v2");
        assertThat(hosts().of("own.example")).hasSize(1);
    }

    @Test
    void aHostCanBeToldHowToSpeakToIt() throws IOException {
        Access access =
                configured(
                                "r.example",
                                """
                                [host."https://m.example"]
                                  client = [["c.pem", "k.pem"], ["/both.pem", ""], "own.pem"]
                                  dial_timeout = "3s"
                                [host."https://m.example".header]
                                  X-Team = "blue"
                                  X-Many = ["a", "b"]
                                """)
                        .getFirst()
                        .access();
        Path own = dir.resolve("r.example");
        assertThat(access.keys())
                .containsExactly(
                        new ClientKey(own.resolve("c.pem"), own.resolve("k.pem")),
                        new ClientKey(Path.of("/both.pem"), Path.of("/both.pem")),
                        new ClientKey(own.resolve("own.pem"), own.resolve("own.pem")));
        assertThat(access.headers()).containsOnly(entry("X-Team", "blue"), entry("X-Many", "a, b"));
        assertThat(access.connect()).isEqualTo(Duration.ofSeconds(3));
        assertThat(access.elsewhere())
                .isEqualTo(
                        new Access(
                                new Trust.Machine(), List.of(), Map.of(), Duration.ofSeconds(3)));
        assertThat(access.toString()).doesNotContain("blue");
    }

    @Test
    void aPortMayBeWrittenWithoutAColon() throws IOException {
        Path own = Files.createDirectories(dir.resolve("r.example_5000_"));
        Files.writeString(own.resolve("hosts.toml"), "server = \"http://127.0.0.1:1\"\n");
        assertThat(hosts().of("r.example:5000"))
                .extracting(endpoint -> endpoint.base().toString())
                .containsExactly("http://127.0.0.1:1/v2");
        assertThat(hosts().of("r.example")).extracting(Endpoint::role).hasSize(1);
    }

    @Test
    void everyPullReadsTheFileAnew() throws IOException {
        configured("r.example", "server = \"http://127.0.0.1:1\"\n");
        assertThat(configured("r.example", "server = \"http://127.0.0.1:2\"\n"))
                .extracting(endpoint -> endpoint.base().toString())
                .containsExactly("http://127.0.0.1:2/v2");
    }

    @ParameterizedTest
    @CsvSource({
        "3, [host.\"https://x\"]|  capabilities = [\"pull\"]|  skip_verfy = true",
        "2, server = \"https://x\"|servr = \"https://y\"",
        "4, |[host.\"https://x\"]|[host.\"https://x\".header]|Host = \"y\"",
        "2, [host.\"https://[::1]:5000\"]|ca = 7",
        "3, server = \"https://x\"|ca = \"x\"|= 7"
    })
    void theErrorNamesTheLine(int line, String text) {
        assertThatThrownBy(() -> configured("r.example", text.replace('|', '\n')))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("r.example/hosts.toml, line " + line + ": ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "client = 7",
                "client = [[\"a\", \"b\", \"c\"]]",
                "client = [[]]",
                "header = 1",
                "[header]\nHost = \"x\"",
                "[header]\nX = \"a\\nb\"",
                "[header]\n\"X Y\" = \"a\"",
                "dial_timeout = \"soon\"",
                "dial_timeout = \"0s\"",
                "dial_timeout = 3",
                "servr = \"https://x\"",
                "server = 7",
                "server = \"ftp://x\"",
                "server = \"https://user:pw@x\"",
                "server = \"https://x?y\"",
                "server = \"https://\"",
                "server = \"\"",
                "skip_verify = \"yes\"",
                "ca = 7",
                "ca = [7]",
                "capabilities = [\"everything\"]",
                "host = 1",
                "[host]\n\"https://x\" = 1",
                "[host.\"https://x\"]\nskip_verfy = true",
                "[host.\"a b\"]",
                "server = ",
                "[[host]]"
            })
    void whatIsNotUnderstoodIsAnErrorThatNamesTheFile(String text) {
        assertThatThrownBy(() -> configured("r.example", text))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("r.example/hosts.toml");
    }
}
