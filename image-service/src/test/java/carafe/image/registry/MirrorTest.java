package carafe.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.RegistryAuth;
import carafe.image.credential.NodeCredentials;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.Answer;
import carafe.testkit.registry.Gate;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorTest {
    private static final String REFERENCE = "gcr.io/some/app:v1";

    @TempDir private Path dir;
    private final TestLayer layer = TestLayer.gzip(new TarBuilder().file("a", "b").build());
    private final TestImage image = TestImage.oci(layer);
    private ScriptedRegistry mirror;
    private ScriptedRegistry server;
    private TestSessions sessions;

    @BeforeEach
    void start() throws IOException {
        mirror = ScriptedRegistry.start();
        server = ScriptedRegistry.start();
        configure("capabilities = [\"pull\", \"resolve\"]");
        sessions = new TestSessions(new CertsDirectory(dir, new DefaultHosts(Set.of())));
    }

    @AfterEach
    void stop() throws IOException {
        sessions.close();
        mirror.close();
        server.close();
    }

    private void configure(String mirrorKeys) throws IOException {
        Path own = Files.createDirectories(dir.resolve("gcr.io"));
        Files.writeString(
                own.resolve("hosts.toml"),
                "server = \"http://%s\"\n[host.\"http://%s\"]\n%s\n"
                        .formatted(server.host(), mirror.host(), mirrorKeys));
    }

    private byte[] pull(RegistrySession session) throws IOException {
        assertThat(session.resolve().digest()).hasToString(image.manifest().digest());
        try (InputStream in = session.blob(TestSessions.descriptor(layer.blob()), 0)) {
            return in.readAllBytes();
        }
    }

    @Test
    void aMirrorSparesTheServerAndKnowsForWhomItIsAsked() throws IOException {
        mirror.push("some/app", "v1", image);
        pull(sessions.anonymous(REFERENCE));
        assertThat(server.received()).isEmpty();
        assertThat(mirror.received()).allMatch(r -> r.target().endsWith("?ns=gcr.io"));
    }

    @Test
    void whatTheMirrorLacksDeniesOrBreaksComesFromTheServer() throws IOException {
        server.push("some/app", "v1", image);
        pull(sessions.anonymous(REFERENCE));
        for (int status : new int[] {401, 403, 404, 500}) {
            Answer refusal = Answer.status(status);
            mirror.script("/", refusal, refusal, refusal, refusal, refusal, refusal);
            pull(sessions.anonymous(REFERENCE));
        }
        mirror.close();
        pull(sessions.anonymous(REFERENCE));
    }

    @Test
    void theBestKnownReasonIsTheServers() throws IOException {
        mirror.close();
        assertThatThrownBy(() -> sessions.anonymous(REFERENCE).resolve())
                .isInstanceOf(CarafeException.NotFound.class)
                .hasMessageContaining("MANIFEST_UNKNOWN");
    }

    @Test
    void aDeadMirrorCostsOneRetryNotFive() throws IOException {
        server.push("some/app", "v1", image);
        mirror.close();
        sessions.anonymous(REFERENCE).resolve();
        assertThat(sessions.pauses).hasSize(1);
    }

    @Test
    void configuredHeadersGoToTheirHostOnly() throws IOException {
        configure("[host.\"http://%s\".header]%nX-Team = \"blue\"%n".formatted(mirror.host()));
        server.push("some/app", "v1", image);
        pull(sessions.anonymous(REFERENCE));
        assertThat(mirror.received()).isNotEmpty().allMatch(r -> r.header("x-team").equals("blue"));
        assertThat(server.received()).isNotEmpty().allMatch(r -> r.header("x-team").isEmpty());
    }

    @Test
    void credentialsGoToTheServerOnly() throws IOException {
        server.push("some/app", "v1", image);
        mirror.gate(new Gate.Basic("me", "secret"));
        server.gate(new Gate.Basic("me", "secret"));
        pull(sessions.as(RegistryAuth.basic("me", "secret"), REFERENCE));
        assertThat(mirror.received()).allMatch(r -> r.header("authorization").isEmpty());
    }

    @Test
    void aMirrorThatMayNotResolveIsNotAskedForTags() throws IOException {
        configure("capabilities = [\"pull\"]");
        mirror.push("some/app", "v1", image);
        server.push("some/app", "v1", image);
        pull(sessions.anonymous(REFERENCE));
        assertThat(mirror.received("/manifests/")).isEmpty();
        assertThat(mirror.received("/blobs/")).hasSize(1);
        assertThat(server.received("/blobs/")).isEmpty();
    }

    @Test
    void wrongContentIsFetchedElsewhereTheNextTime() throws IOException {
        mirror.push("some/app", "v1", image);
        server.push("some/app", "v1", image);
        mirror.script("/blobs/", Answer.CORRUPT);
        assertThat(pull(sessions.anonymous(REFERENCE))).isNotEqualTo(layer.blob().content());
        RegistrySession session = sessions.anonymous(REFERENCE);
        try (InputStream in = session.blob(TestSessions.descriptor(layer.blob()), 1)) {
            assertThat(in.readAllBytes()).isEqualTo(layer.blob().content());
        }
        assertThat(server.received("/blobs/")).hasSize(1);
    }

    @Test
    void whereAMirrorStallsOrBreaksTheServerGoesOnAtThatByte() throws IOException {
        TestLayer big = TestLayer.gzip(new TarBuilder().file("a", "b".repeat(9_000_000)).build());
        TestImage bigImage = TestImage.oci(big);
        mirror.push("some/app", "v1", bigImage);
        server.push("some/app", "v1", bigImage);
        try (TestSessions impatient =
                new TestSessions(
                        new CertsDirectory(dir, new DefaultHosts(Set.of())),
                        Duration.ofMillis(500))) {
            for (Answer fault : List.of(Answer.stallAfter(5000), Answer.resetAfter(5000))) {
                mirror.script("/blobs/", fault);
                RegistrySession session = impatient.anonymous(REFERENCE);
                try (InputStream in = session.blob(TestSessions.descriptor(big.blob()), 0)) {
                    assertThat(in.readAllBytes()).isEqualTo(big.blob().content());
                }
                assertThat(server.received("/blobs/").getLast().header("range"))
                        .startsWith("bytes=");
            }
            // The server lacks what the mirror has the rest of.
            mirror.script("/blobs/", Answer.closeAfter(5000));
            server.script("/blobs/", Answer.status(404));
            try (InputStream in =
                    impatient.anonymous(REFERENCE).blob(TestSessions.descriptor(big.blob()), 0)) {
                assertThat(in.readAllBytes()).isEqualTo(big.blob().content());
            }
        }
    }

    @Test
    void aMirrorGetsTheNodesCredentialsForItself() throws IOException {
        mirror.gate(new Gate.Basic("me", "mirror-password"));
        mirror.push("some/app", "v1", image);
        NodeCredentials node =
                host ->
                        host.equals(mirror.host())
                                ? Optional.of(RegistryAuth.basic("me", "mirror-password"))
                                : Optional.empty();
        try (TestSessions known =
                new TestSessions(
                        new Registries.Node(
                                new CertsDirectory(dir, new DefaultHosts(Set.of())),
                                node,
                                Proxies.NONE))) {
            pull(known.anonymous(REFERENCE));
        }
        assertThat(server.received()).isEmpty();
    }
}
