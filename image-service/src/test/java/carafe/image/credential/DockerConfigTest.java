package carafe.image.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.RegistryAuth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DockerConfigTest {
    private static final String SECRET = "pa55word-marker";

    @TempDir private Path dir;

    private DockerConfig config(String content) throws IOException {
        Path file = Files.writeString(dir.resolve("config.json"), content);
        return new DockerConfig(file, new CredentialProgram(List.of(dir), Duration.ofMillis(500)));
    }

    /** A helper that keeps what it was asked in the file "asked". */
    private void helper(String name, String rest) throws IOException {
        Path program = dir.resolve("docker-credential-" + name);
        Files.writeString(
                program,
                "#!/bin/sh\necho \"$1 $(cat)\" >> %s\n%s\n".formatted(dir.resolve("asked"), rest));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "r.example:5000",
                "https://r.example:5000",
                "http://r.example:5000/v2/",
                "https://r.example:5000/v1/"
            })
    void entriesAreFoundUnderEveryNameOfTheServer(String key) throws IOException {
        String entry = "{\"auths\":{\"other\":{\"auth\":\"eDp5\"},\"%s\":{\"auth\":\"YTpi\"}}}";
        assertThat(config(entry.formatted(key)).of("r.example:5000"))
                .contains(new RegistryAuth("", "", "YTpi", "", "", ""));
        assertThat(config(entry.formatted(key)).of("r.example")).isEmpty();
    }

    @Test
    void dockerHubHasSeveralNamesAndEveryFormIsRead() throws IOException {
        DockerConfig config =
                config(
                        """
                        {"auths":{"https://index.docker.io/v1/":{"username":"u","password":"p"},
                                  "t":{"auth":"","identitytoken":"it"},
                                  "b":{"registrytoken":"rt"},
                                  "empty":{}},
                         "HttpHeaders":{"X":"y"}}
                        """);
        assertThat(config.of("docker.io")).contains(RegistryAuth.basic("u", "p"));
        assertThat(config.of("t").orElseThrow().identityToken()).isEqualTo("it");
        assertThat(config.of("b").orElseThrow().registryToken()).isEqualTo("rt");
        assertThat(config.of("empty")).isEmpty();
    }

    @Test
    void helpersAreAskedForTheirServersAndTheStoreForTheRest() throws IOException {
        helper("one", "echo '{\"ServerURL\":\"x\",\"Username\":\"u\",\"Secret\":\"s\"}'");
        helper("all", "echo '{\"Username\":\"<token>\",\"Secret\":\"refresh\"}'");
        DockerConfig config =
                config("{\"credHelpers\":{\"r.example\":\"one\"},\"credsStore\":\"all\"}");
        assertThat(config.of("r.example")).contains(RegistryAuth.basic("u", "s"));
        assertThat(config.of("docker.io").orElseThrow().identityToken()).isEqualTo("refresh");
        assertThat(dir.resolve("asked"))
                .hasContent("get r.example\nget https://index.docker.io/v1/");
    }

    @Test
    void aHelperThatHasNothingOrFailsIsNoObstacle() throws IOException {
        helper("none", "echo 'credentials not found in native keychain'; exit 1");
        helper("broken", "echo %s; exit 3".formatted(SECRET));
        helper("endless", "exec yes " + SECRET);
        helper("stuck", "sleep 600");
        for (String name : List.of("none", "broken", "endless", "stuck")) {
            long begin = System.nanoTime();
            Optional<RegistryAuth> got =
                    config("{\"credHelpers\":{\"r\":\"%s\"}}".formatted(name)).of("r");
            assertThat(got).as(name).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .as(name)
                    .isLessThan(Duration.ofSeconds(20));
        }
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .noneMatch(child -> child.info().commandLine().orElse("").contains("docker-cred"));
    }

    @Test
    void whatIsWrongIsNamedAndShowsNoSecret() throws IOException {
        DockerConfig broken = config("{\"auths\": {\"r\": \"" + SECRET + "\" }, ");
        assertThatThrownBy(() -> broken.of("r"))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("config.json")
                .hasMessageNotContaining(SECRET);
        for (String name : List.of("../../bin/sh", "missing", "")) {
            DockerConfig odd = config("{\"credHelpers\":{\"r\":\"%s\"}}".formatted(name));
            assertThatThrownBy(() -> odd.of("r"))
                    .isInstanceOf(CarafeException.Precondition.class)
                    .hasMessageContaining("docker-credential-" + name);
        }
        helper("talkative", "echo hello " + SECRET);
        DockerConfig talkative = config("{\"credsStore\":\"talkative\"}");
        assertThatThrownBy(() -> talkative.of("r"))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("docker-credential-talkative")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void aMissingFileIsNoCredentials() {
        assertThat(
                        new DockerConfig(
                                        dir.resolve("absent"),
                                        new CredentialProgram(List.of(), Duration.ofSeconds(1)))
                                .of("r"))
                .isEmpty();
    }
}
