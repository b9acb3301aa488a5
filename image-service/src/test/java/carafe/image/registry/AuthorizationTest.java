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
import carafe.testkit.registry.Received;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationTest {
    private static final String SECRET = "MARKER-s3cret";

    private final TestLayer layer = TestLayer.gzip(new TarBuilder().file("a", "b").build());
    private final TestImage image = TestImage.oci(layer);
    private final TestSessions sessions = new TestSessions();
    private ScriptedRegistry registry;
    private String reference;

    @BeforeEach
    void start() throws IOException {
        registry = ScriptedRegistry.start();
        reference = registry.push("private/app", "v1", image);
    }

    @AfterEach
    void stop() throws IOException {
        sessions.close();
        registry.close();
    }

    private void tokenGate(String username) {
        registry.gate(Gate.Bearer.of("http://" + registry.host() + "/token", username, SECRET));
    }

    private void pull(RegistrySession session) throws IOException {
        assertThat(session.resolve().digest()).hasToString(image.manifest().digest());
        try (InputStream in = session.blob(TestSessions.descriptor(layer.blob()), 0)) {
            assertThat(in.readAllBytes()).isEqualTo(layer.blob().content());
        }
    }

    private static RegistryAuth auth(String user, String password, String auth, String server) {
        return new RegistryAuth(user, password, auth, server, "", "");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aTokenIsGotOncePerScope() throws IOException {
        tokenGate("");
        pull(sessions.anonymous(reference));
        assertThat(registry.received("/token")).hasSize(1);
        assertThat(registry.received("/token").getFirst().target())
                .contains("service=scripted")
                .contains("scope=repository%3Aprivate%2Fapp%3Apull");
        pull(sessions.anonymous(reference));
        assertThat(registry.received("/token")).hasSize(1);
        pull(sessions.anonymous(registry.push("other/app", "v1", image)));
        assertThat(registry.received("/token")).hasSize(2);
    }

    @Test
    void aKeptTokenThatIsRefusedIsReplacedAndAnEndingOneIsNotKept() throws IOException {
        Gate.Bearer forgetful = Gate.Bearer.of("http://" + registry.host() + "/token", "", "");
        registry.gate(forgetful);
        pull(sessions.anonymous(reference));
        forgetful.issued().clear();
        pull(sessions.anonymous(reference));
        assertThat(registry.received("/token")).hasSize(2);
        Answer shortLived =
                Answer.text(200, "application/json", "{\"token\":\"t\",\"expires_in\":5}");
        Gate.Bearer gate = Gate.Bearer.of("http://" + registry.host() + "/token", "", "");
        gate.issued().add("t");
        registry.gate(gate);
        registry.script("/token", shortLived, shortLived);
        pull(sessions.anonymous(reference));
        pull(sessions.anonymous(reference));
        assertThat(registry.received("/token")).hasSize(4);
    }

    @Test
    void theNodesCredentialsAreUsedWhenTheCallerBringsNoneAndAnonymityIsTheLastResort()
            throws IOException {
        RegistryAuth kept = RegistryAuth.basic("me", SECRET);
        List<String> asked = new ArrayList<>();
        NodeCredentials node =
                server -> {
                    asked.add(server);
                    return Optional.of(kept);
                };
        try (TestSessions known =
                new TestSessions(
                        new Registries.Node(new DefaultHosts(Set.of()), node, Proxies.NONE))) {
            pull(known.anonymous(reference));
            assertThat(asked).as("nobody asked who we are").isEmpty();
            tokenGate("me");
            pull(known.anonymous(reference));
            assertThat(asked).containsExactly(registry.host());
            registry.gate(new Gate.Basic("me", SECRET));
            pull(known.anonymous(reference));
            assertThatThrownBy(() -> known.as(RegistryAuth.basic("me", "no"), reference).resolve())
                    .as("the caller's own are not replaced")
                    .isInstanceOf(CarafeException.Denied.class);
            tokenGate("");
            registry.script("/token", Answer.status(401));
            pull(known.anonymous(reference));
        }
    }

    @Test
    void userAndPasswordGetAToken() throws IOException {
        tokenGate("me");
        pull(sessions.as(RegistryAuth.basic("me", SECRET), reference));
        pull(sessions.as(auth("", "", base64("me:" + SECRET), ""), reference));
        pull(sessions.as(auth("me", SECRET, "", registry.host()), reference));
        pull(sessions.as(auth("me", SECRET, "", "http://" + registry.host() + "/v1/"), reference));
    }

    @Test
    void aRefreshTokenIsPostedAndARegistryTokenSentAsItIs() throws IOException {
        tokenGate("me");
        pull(sessions.as(new RegistryAuth("", "", "", "", "refresh-me", ""), reference));
        Received post = registry.received("/token").getFirst();
        assertThat(post.method()).isEqualTo("POST");
        assertThat(post.body()).contains("grant_type=refresh_token").contains("scope=");
        Gate.Bearer gate = Gate.Bearer.of("http://" + registry.host() + "/token", "me", SECRET);
        gate.issued().add("given-token");
        registry.gate(gate);
        pull(sessions.as(new RegistryAuth("", "", "", "", "", "given-token"), reference));
        assertThat(registry.received("/token")).hasSize(1);
    }

    @Test
    void basicIsAnsweredWithBasicAndOnlyWhenAsked() throws IOException {
        registry.gate(new Gate.Basic("me", SECRET));
        pull(sessions.as(RegistryAuth.basic("me", SECRET), reference));
        assertThat(registry.received().getFirst().header("authorization")).isEmpty();
    }

    @Test
    void anExpiredTokenIsRenewedInTheMiddle() throws IOException {
        Gate.Bearer gate = Gate.Bearer.of("http://" + registry.host() + "/token", "", "");
        registry.gate(gate);
        RegistrySession session = sessions.anonymous(reference);
        session.resolve();
        gate.issued().clear();
        pull(session);
        assertThat(registry.received("/token")).hasSize(2);
    }

    @Test
    void credentialsForAnotherServerAreNotUsed() {
        registry.gate(new Gate.Basic("me", SECRET));
        RegistryAuth other = auth("me", SECRET, "", "https://other.example");
        assertThatThrownBy(() -> sessions.as(other, reference).resolve())
                .isInstanceOf(CarafeException.Denied.class);
        assertThat(registry.received()).allMatch(r -> r.header("authorization").isEmpty());
    }

    @Test
    void wrongOrMissingCredentialsAreDenied() {
        tokenGate("me");
        assertThatThrownBy(() -> sessions.anonymous(reference).resolve())
                .isInstanceOf(CarafeException.Denied.class);
        assertThatThrownBy(
                        () -> sessions.as(RegistryAuth.basic("me", "wrong"), reference).resolve())
                .isInstanceOf(CarafeException.Denied.class)
                .hasMessageNotContaining("wrong");
    }

    @Test
    void aPullWithoutCredentialsDoesNotProfitFromOneWith() throws IOException {
        tokenGate("me");
        pull(sessions.as(RegistryAuth.basic("me", SECRET), reference));
        assertThatThrownBy(() -> sessions.anonymous(reference).resolve())
                .isInstanceOf(CarafeException.Denied.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "bm9jb2xvbg=="})
    void malformedAuthIsRefusedWithoutShowingIt(String text) {
        RegistryAuth bad = auth("", "", text + (text.length() > 1 ? "" : SECRET), "");
        assertThatThrownBy(() -> sessions.as(bad, reference))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageNotContaining(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/token",
                "http://[fe80::1]/token",
                "http://user:pw@127.0.0.1/token",
                "http://10.0.0.1@169.254.169.254/token",
                "http://2130706433/token",
                "http://127.1/token",
                "http://0x7f.1/token",
                "http://0.0.0.0/token",
                "ftp://127.0.0.1/token",
                "file:///etc/passwd",
                "/token",
                "http:token",
                "http://[::ffff:169.254.169.254]/token",
                "http://exa mple/token"
            })
    void realmsThatLeadElsewhereGetNothing(String realm) {
        registry.gate(Gate.Bearer.of(realm, "me", SECRET));
        assertThatThrownBy(() -> sessions.as(RegistryAuth.basic("me", SECRET), reference).resolve())
                .isInstanceOf(CarafeException.Denied.class)
                .hasMessageNotContaining(SECRET)
                .hasMessageNotContaining("pw");
        assertThat(registry.received()).hasSize(1);
    }

    @Test
    void anUnhappyTokenServerIsTriedAgain() throws IOException {
        tokenGate("");
        registry.script("/token", Answer.status(503), Answer.RESET);
        pull(sessions.anonymous(reference));
    }

    @Test
    void tokensThatCouldSplitHeadersAreRefused() {
        tokenGate("");
        registry.script(
                "/token", Answer.text(200, "application/json", "{\"token\":\"a\\r\\nX-Evil: 1\"}"));
        assertThatThrownBy(() -> sessions.anonymous(reference).resolve())
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageNotContaining("Evil");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "{\"token\":7}", "{\"token\":\"\"}", "<html>"})
    void tokenServersWithoutATokenAreNamed(String body) {
        tokenGate("");
        registry.script("/token", Answer.text(200, "application/json", body));
        assertThatThrownBy(() -> sessions.anonymous(reference).resolve())
                .isInstanceOf(CarafeException.Denied.class)
                .hasMessageContaining("token server");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 418, 429, 500})
    void whatARegistryEchoesIsRedacted(int status) {
        registry.gate(new Gate.Open());
        String echo =
                "{\"errors\":[{\"code\":\"X\",\"message\":\"you sent %s and Basic %s\"}]}"
                        .formatted(SECRET, base64("me:" + SECRET));
        Answer answer = Answer.text(status, "application/json", echo);
        registry.script("/manifests/", answer, answer, answer, answer, answer);
        assertThatThrownBy(() -> sessions.as(RegistryAuth.basic("me", SECRET), reference).resolve())
                .isInstanceOf(CarafeException.class)
                .satisfies(e ->
                        assertThat(traceOf(e))
                                .doesNotContain(SECRET)
                                .doesNotContain(base64("me:" + SECRET)));
    }

    private static String traceOf(Throwable failure) {
        java.io.StringWriter text = new java.io.StringWriter();
        failure.printStackTrace(new java.io.PrintWriter(text));
        return text.toString();
    }
}
