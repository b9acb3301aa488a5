package carafe.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.testkit.image.Blob;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.Answer;
import carafe.testkit.registry.Received;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrySessionTest {
    private static final byte[] NOISE = new byte[300_000];

    static {
        new Random(7).nextBytes(NOISE);
    }

    private final TestLayer layer =
            TestLayer.plain(
                    new TarBuilder()
                            .file("noise", NOISE, TarBuilder.Attributes.mode(0644))
                            .build());
    private final TestImage image = TestImage.oci(layer);
    private final TestSessions sessions = new TestSessions();
    private ScriptedRegistry registry;
    private String reference;

    @BeforeEach
    void start() throws IOException {
        registry = ScriptedRegistry.start();
        reference = registry.push("some/app", "v1", image);
    }

    @AfterEach
    void stop() throws IOException {
        sessions.close();
        registry.close();
    }

    private byte[] fetchLayer() throws IOException {
        return fetch(sessions, reference, layer.blob());
    }

    private static byte[] fetch(TestSessions sessions, String reference, Blob blob)
            throws IOException {
        RegistrySession session = sessions.anonymous(reference);
        try (InputStream in = session.blob(TestSessions.descriptor(blob), 0)) {
            return in.readAllBytes();
        }
    }

    @Test
    void resolvesATagAndADigest() {
        FetchedManifest byTag = sessions.anonymous(reference).resolve();
        assertThat(byTag.content()).isEqualTo(image.manifest().content());
        assertThat(byTag.mediaType()).isEqualTo(image.manifest().mediaType());
        FetchedManifest byDigest =
                sessions.anonymous(registry.host() + "/some/app@" + byTag.digest()).resolve();
        assertThat(byDigest.digest()).isEqualTo(byTag.digest());
        assertThat(registry.received().getFirst().header("accept"))
                .contains("application/vnd.oci.image.index.v1+json")
                .contains("application/vnd.docker.distribution.manifest.v2+json");
    }

    @Test
    void aPinnedPullIgnoresWhatTheRegistryCallsTheContent() {
        registry.script(
                "/manifests/",
                (_, right, wire) -> wire.send(right.with("Content-Type", "text/html")));
        String pinned = registry.host() + "/some/app@" + image.manifest().digest();
        assertThat(sessions.anonymous(pinned).resolve().mediaType()).isEmpty();
    }

    @Test
    void refusesAManifestOfOtherContent() {
        String pinned = registry.host() + "/some/app@" + image.manifest().digest();
        for (String name : new String[] {pinned, reference}) {
            registry.script("/manifests/", Answer.CORRUPT);
            assertThatThrownBy(() -> sessions.anonymous(name).resolve())
                    .isInstanceOf(CarafeException.Invalid.class)
                    .hasMessageContaining("other content");
        }
    }

    @Test
    void anEndlessManifestEndsAtItsBound() {
        registry.script("/manifests/", Answer.endless());
        assertThatThrownBy(() -> sessions.anonymous(reference).resolve())
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("more than 4194304 bytes");
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(401, CarafeException.Denied.class),
                Arguments.of(403, CarafeException.Denied.class),
                Arguments.of(404, CarafeException.NotFound.class),
                Arguments.of(418, CarafeException.Unavailable.class));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void saysWhatTheRegistrySaidWithoutTryingAgain(int status, Class<?> kind) {
        registry.script("/manifests/", Answer.status(status));
        assertThatThrownBy(() -> sessions.anonymous(reference).resolve())
                .isInstanceOf(kind)
                .hasMessageContaining("some/app")
                .hasMessageContaining("SCRIPTED");
        assertThat(registry.received()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void triesAgainWhatMayPass(int status) {
        Answer failing = Answer.status(status);
        registry.script("/manifests/", failing, Answer.closeAfter(10), failing);
        assertThat(sessions.anonymous(reference).resolve().digest())
                .hasToString(image.manifest().digest());
        assertThat(sessions.pauses).hasSize(3).isSorted();
    }

    @Test
    void waitsAsLongAsToldButNotForEver() {
        registry.script(
                "/manifests/",
                Answer.status(429, "Retry-After", "7"),
                Answer.status(429, "Retry-After", "99999"),
                Answer.status(429, "Retry-After", "soon"));
        sessions.anonymous(reference).resolve();
        assertThat(sessions.pauses.get(0)).isEqualTo(Duration.ofSeconds(7));
        assertThat(sessions.pauses.get(1)).isEqualTo(Duration.ofSeconds(30));
        assertThat(sessions.pauses.get(2)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void givesUpAfterFiveTries() {
        Answer busy = Answer.status(503);
        registry.script("/manifests/", busy, busy, busy, busy, busy, busy);
        assertThatThrownBy(() -> sessions.anonymous(reference).resolve())
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageStartingWith("RegistryUnavailable: ")
                .hasMessageContaining("503")
                .hasMessageContaining("5 tries");
        assertThat(registry.received()).hasSize(5);
    }

    @Test
    void aRegistryThatIsNotThereIsUnavailable() throws IOException {
        registry.close();
        assertThatThrownBy(() -> sessions.anonymous(reference).resolve())
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageStartingWith("RegistryUnavailable: ")
                .hasMessageContaining(registry.host());
    }

    @Test
    void goesOnWhereABrokenTransferEnded() throws IOException {
        registry.script(
                "/blobs/", Answer.resetAfter(100_000), Answer.closeAfter(50_000), Answer.RESET);
        assertThat(fetchLayer()).isEqualTo(layer.blob().content());
        assertThat(registry.received("/blobs/")).hasSize(4);
        assertThat(registry.received("/blobs/").get(1).header("range")).startsWith("bytes=");
    }

    @Test
    void startsAgainWhereRangesAreNotHonouredExactly() throws IOException {
        byte[] content = layer.blob().content();
        int size = content.length;
        Answer[] liars = {
            Answer.whole(content),
            Answer.range("bytes 0-%d/%d".formatted(size - 1, size), content),
            Answer.range("bytes 999999-1000000/1000001", content),
            Answer.range("", content),
            Answer.status(416)
        };
        for (Answer liar : liars) {
            registry.script("/blobs/", Answer.closeAfter(100_000), liar);
            assertThat(fetchLayer()).isEqualTo(content);
        }
    }

    @Test
    void aBlobOfAnotherLengthNeverEndsWell() {
        Answer shorter = Answer.SHORTER;
        Answer longer = Answer.LONGER;
        registry.script("/blobs/", shorter, longer, shorter, longer, shorter);
        // The stream fails while it is read, or is not opened at all once all tries are spent.
        assertThatThrownBy(this::fetchLayer)
                .isInstanceOfAny(IOException.class, CarafeException.Unavailable.class);
        registry.script(
                "/blobs/",
                (_, right, wire) -> {
                    wire.head(right, -1);
                    wire.write(right.body());
                    wire.write(new byte[1]);
                });
        assertThatThrownBy(this::fetchLayer)
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageContaining("longer than");
    }

    @Test
    void aMissingBlobIsNamed() {
        registry.script("/blobs/", Answer.status(404));
        assertThatThrownBy(this::fetchLayer)
                .isInstanceOf(CarafeException.NotFound.class)
                .hasMessageContaining(layer.blob().digest());
    }

    @Test
    void theLastMebibyteCountsForTheNumberOfTries() {
        Answer broken = Answer.closeAfter(1000);
        registry.script("/blobs/", broken, broken, broken, broken, broken, broken);
        assertThatThrownBy(this::fetchLayer).isInstanceOf(CarafeException.Unavailable.class);
        assertThat(registry.received("/blobs/")).hasSize(5);
    }

    @Test
    void noRequestGoesOutForAReferenceThatIsNone() {
        for (String bad : new String[] {"/../x", "/some/app@sha256:..", "/some/app:a/b:c"}) {
            assertThatThrownBy(() -> sessions.anonymous(registry.host() + bad))
                    .isInstanceOf(CarafeException.Invalid.class);
        }
        assertThat(registry.received()).isEmpty();
    }

    @Test
    void closingEndsABlockedReadAndItsConnection() throws Exception {
        registry.script("/blobs/", Answer.stallAfter(1000));
        InputStream in =
                sessions.anonymous(reference).blob(TestSessions.descriptor(layer.blob()), 0);
        in.readNBytes(1000);
        Thread reader = Thread.ofVirtual().unstarted(() -> swallow(in));
        reader.start();
        in.close();
        assertThat(reader.join(Duration.ofSeconds(5))).isTrue();
        awaitNoConnections();
    }

    @Test
    void closingEndsARequestThatIsNotAnswered() throws Exception {
        registry.script("/blobs/", Answer.SILENCE);
        InputStream in =
                sessions.anonymous(reference).blob(TestSessions.descriptor(layer.blob()), 0);
        Thread reader = Thread.ofVirtual().unstarted(() -> swallow(in));
        reader.start();
        while (registry.received("/blobs/").isEmpty()) {
            Thread.onSpinWait();
        }
        in.close();
        assertThat(reader.join(Duration.ofSeconds(5))).isTrue();
        awaitNoConnections();
    }

    private void awaitNoConnections() throws InterruptedException {
        for (int i = 0; registry.connections() > 0 && i < 500; i++) {
            Thread.sleep(10);
        }
        assertThat(registry.connections()).isZero();
    }

    private static void swallow(InputStream in) {
        try {
            in.readAllBytes();
        } catch (IOException | CarafeException e) {
            // what the test provoked
        }
    }

    @Test
    void sendsNothingBeforeTheFirstRead() throws IOException {
        sessions.anonymous(reference).blob(TestSessions.descriptor(layer.blob()), 0).close();
        assertThat(registry.received()).extracting(Received::path).isEmpty();
    }

    @Test
    void aRegistryMayHaveAnIpv6Address() throws IOException {
        try (ScriptedRegistry six = ScriptedRegistry.start("::1")) {
            String reference = six.push("app", "v1", image);
            assertThat(reference).startsWith("[0:0:0:0:0:0:0:1]:");
            assertThat(sessions.anonymous(reference).resolve().digest())
                    .hasToString(image.manifest().digest());
        }
    }
}
