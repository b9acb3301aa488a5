package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.PullRequest;
import carafe.image.RegistryAuth;
import carafe.image.snapshot.Snapshot;
import carafe.testkit.image.Blob;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.Answer;
import carafe.testkit.registry.Gate;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PullIT {
    private static final String CONFIG =
            "{\"User\":\"1000:50000\",\"Cmd\":[\"/app\"],\"Env\":[\"A=b\"],"
                    + "\"Labels\":{\"io.cri-containerd.x\":\"y\"}}";

    @TempDir private Path root;
    private ScriptedRegistry registry;
    private LocalImages images;

    private final TestLayer base = TestImages.layer(1, 200_000);
    private final TestLayer middle =
            TestLayer.zstd(new TarBuilder().dir("etc").file("etc/a", "one").build());
    private final TestLayer top =
            TestLayer.plain(
                    new TarBuilder()
                            .whiteout("layer-1/noise")
                            .file("etc/b", "two")
                            .hardlink("etc/c", "etc/a")
                            .build());
    private final TestImage image = TestImage.oci(CONFIG, base, middle, top);

    @BeforeEach
    void start() throws IOException {
        registry = ScriptedRegistry.start();
        images = TestImages.open(root);
    }

    @AfterEach
    void stop() throws IOException {
        images.close();
        registry.close();
    }

    private Image pull(String reference) {
        return images.pull(TestImages.request(reference));
    }

    @Test
    void aPulledImageIsListedFoundAndUsable() throws Exception {
        String reference = registry.push("some/app", "v1", image);
        Image pulled = pull(reference);
        assertThat(pulled.id()).isEqualTo(image.id());
        assertThat(pulled.repoTags()).containsExactly(reference);
        assertThat(pulled.repoDigests())
                .containsExactly(registry.host() + "/some/app@" + image.manifest().digest());
        assertThat(pulled.sizeBytes()).isGreaterThan(200_000);
        assertThat(pulled.config().user()).isEqualTo("1000:50000");
        assertThat(pulled.config().labels()).containsEntry("io.cri-containerd.x", "y");
        assertThat(images.list()).containsExactly(pulled);
        for (String name :
                new String[] {
                    reference,
                    pulled.repoDigests().getFirst(),
                    pulled.id(),
                    pulled.id().substring(7),
                    pulled.id().substring(7, 19),
                    reference + "@" + image.manifest().digest()
                }) {
            assertThat(images.find(name)).as(name).contains(pulled);
        }
        assertThat(images.configJson(pulled.id())).contains("50000");

        Snapshot snapshot = images.prepare(pulled.id(), "c1");
        assertThat(images.prepare(pulled.id(), "c1")).isEqualTo(snapshot);
        assertThat(snapshot.lowerTopFirst()).hasSize(3);
        assertThat(snapshot.lowerTopFirst().get(2).resolve("layer-1/noise")).hasSize(200_000);
        assertThat(snapshot.lowerTopFirst().get(0).resolve("etc/b")).hasContent("two");
        assertThat(snapshot.lowerTopFirst().get(0).resolve("etc/c")).hasContent("one");
        images.release("c1");
    }

    @Test
    void removalByAnyNameTakesAllOfThemAndTheLayers() throws Exception {
        String reference = registry.push("some/app", "v1", image);
        registry.push("some/app", "v2", image);
        registry.push("other/app", "x", image);
        pull(reference);
        pull(registry.host() + "/some/app:v2");
        Image all = pull(registry.host() + "/other/app:x");
        assertThat(all.repoTags()).hasSize(3);
        assertThat(all.repoDigests()).hasSize(2);
        assertThat(images.list()).hasSize(1);
        images.remove(registry.host() + "/some/app:v2");
        assertThat(images.list()).isEmpty();
        assertThat(images.find(reference)).isEmpty();
        images.remove(reference);
        images.remove(all.id());
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
    }

    @Test
    void aTagMovesToTheImageThatHasItNow() {
        TestImage newer = TestImage.oci("{}", base);
        String reference = registry.push("app", "latest", image);
        String old = pull(reference).id();
        registry.push("app", "latest", newer);
        Image pulled = pull(reference);
        assertThat(pulled.id()).isEqualTo(newer.id());
        assertThat(pulled.repoTags()).containsExactly(reference);
        assertThat(images.find(old).orElseThrow().repoTags()).isEmpty();
        images.close();
        images = TestImages.open(root);
        assertThat(images.find(reference).orElseThrow().id()).isEqualTo(newer.id());
        assertThat(images.find(old).orElseThrow().repoTags()).isEmpty();
    }

    @Test
    void theSecondPullOfALayerCostsNothing() {
        pull(registry.push("a", "1", TestImage.oci("{}", base, middle)));
        int before = registry.received("/blobs/").size();
        pull(registry.push("b", "1", TestImage.oci("{\"User\":\"1\"}", base, middle)));
        assertThat(registry.received("/blobs/")).hasSize(before + 1);
        pull(registry.host() + "/a:1");
        assertThat(registry.received("/blobs/")).hasSize(before + 1);
    }

    @Test
    void anIndexGivesThisMachinesImage() {
        TestImage other = TestImage.ociFor("s390x", TestImages.layer(9, 10));
        Blob index =
                TestImage.index(
                        new TestImage.Entry("s390x", other),
                        new TestImage.Entry(TestImage.architecture(), image));
        String reference = registry.pushIndex("multi", "1", index, image, other);
        Image pulled = pull(reference);
        assertThat(pulled.id()).isEqualTo(image.id());
        assertThat(pulled.repoDigests())
                .containsExactly(registry.host() + "/multi@" + index.digest());
        Image pinned = pull(registry.host() + "/multi:old@" + index.digest());
        assertThat(pinned.repoTags()).containsExactly(reference);
        assertThatThrownBy(() -> pull(registry.push("other", "1", other)))
                .isInstanceOf(CarafeException.NotFound.class)
                .hasMessageContaining("s390x");
    }

    @Test
    void dockerTypesAndManifestListsWork() {
        TestImage docker = TestImage.docker(CONFIG, base, middle);
        assertThat(pull(registry.push("d", "1", docker)).id()).isEqualTo(docker.id());
        Blob list = TestImage.list(new TestImage.Entry(TestImage.architecture(), docker));
        assertThat(pull(registry.pushIndex("l", "1", list, docker)).id()).isEqualTo(docker.id());
    }

    @Test
    void wrongContentNeverBecomesAnImage() throws Exception {
        TestLayer wrongDiff = new TestLayer(middle.blob(), base.diffId());
        TestImage[] broken = {
            TestImage.oci("{}", base, wrongDiff),
            TestImage.withDiffIds(List.of(base.diffId()), base, middle),
            TestImage.withDiffIds(
                    List.of(base.diffId(), middle.diffId(), top.diffId()), base, middle),
            TestImage.withDiffIds(List.of(middle.diffId(), base.diffId()), base, middle)
        };
        for (TestImage each : broken) {
            String reference = registry.push("broken", "1", each);
            assertThatThrownBy(() -> pull(reference)).isInstanceOf(CarafeException.Invalid.class);
            assertThat(images.list()).isEmpty();
            assertThat(TestImages.leftoversAtLast(root)).isEmpty();
        }
    }

    @Test
    void aBlobThatWasWrongOnceIsFetchedAgain() {
        String reference = registry.push("app", "1", image);
        registry.script("/blobs/" + base.blob().digest(), Answer.CORRUPT);
        registry.script("/blobs/" + image.id(), Answer.CORRUPT);
        assertThat(pull(reference).id()).isEqualTo(image.id());
    }

    @Test
    void aBlobThatStaysWrongIsRefused() throws Exception {
        String reference = registry.push("app", "1", image);
        registry.script(
                "/blobs/" + base.blob().digest(), Answer.CORRUPT, Answer.CORRUPT, Answer.CORRUPT);
        assertThatThrownBy(() -> pull(reference))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining(base.blob().digest());
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
        assertThat(pull(reference).id()).isEqualTo(image.id());
    }

    @Test
    void interruptionsOfTransfersAreNotSeen() {
        String reference = registry.push("app", "1", image);
        registry.script(
                "/blobs/" + base.blob().digest(),
                Answer.resetAfter(50_000),
                Answer.closeAfter(100_000),
                Answer.status(503));
        assertThat(pull(reference).id()).isEqualTo(image.id());
    }

    @Test
    void whatTheRegistryLacksIsSaid() throws Exception {
        assertThatThrownBy(() -> pull(registry.host() + "/nothing:here"))
                .isInstanceOf(CarafeException.NotFound.class)
                .hasMessageContaining("nothing:here");
        String reference = registry.push("app", "1", image);
        registry.script("/blobs/" + top.blob().digest(), Answer.status(404));
        assertThatThrownBy(() -> pull(reference))
                .isInstanceOf(CarafeException.NotFound.class)
                .hasMessageContaining(top.blob().digest());
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
    }

    @Test
    void anOutageIsNamedAndTheNextTryWorks() throws Exception {
        String reference = registry.push("app", "1", image);
        Answer busy = Answer.status(503);
        registry.script("/blobs/" + top.blob().digest(), busy, busy, busy, busy, busy);
        assertThatThrownBy(() -> pull(reference))
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageStartingWith("RegistryUnavailable: ");
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
        assertThat(pull(reference).id()).isEqualTo(image.id());
    }

    @Test
    void aPrivateImageStaysPrivateWhenItIsHere() throws IOException {
        String reference = registry.push("private", "1", image);
        registry.gate(Gate.Bearer.of("http://" + registry.host() + "/token", "me", "MARKER"));
        Optional<RegistryAuth> auth = Optional.of(RegistryAuth.basic("me", "MARKER"));
        images.pull(new PullRequest(reference, auth, TestImages.DEADLINE));
        assertThatThrownBy(() -> pull(reference)).isInstanceOf(CarafeException.Denied.class);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertThat(text).as(file.toString()).doesNotContain("MARKER", "secret-token");
            }
        }
    }

    @Test
    void annotationsAndUrlsNameNothing() {
        Blob layer = base.blob();
        String manifest =
                new String(TestImage.oci(base).manifest().content(), StandardCharsets.UTF_8)
                        .replace(
                                layer.descriptor(),
                                layer.descriptor(
                                        ",\"urls\":[\"http://%s/evil\"],\"annotations\":{"
                                                        .formatted(registry.host())
                                                + "\"org.opencontainers.image.ref.name\":\"evil:1\"}"));
        TestImage annotated =
                new TestImage(
                        TestImage.json(TestImage.oci(base).manifest().mediaType(), manifest),
                        TestImage.oci(base).blobs());
        Image pulled = pull(registry.push("app", "1", annotated));
        assertThat(pulled.repoTags()).containsExactly(registry.host() + "/app:1");
        assertThat(registry.received("/evil")).isEmpty();
        assertThat(images.find("evil:1")).isEmpty();
    }

    @Test
    void aMillisecondIsNotEnoughAndHurtsNothing() throws Exception {
        String reference = registry.push("app", "1", image);
        assertThatThrownBy(() -> images.pull(TestImages.request(reference, Duration.ofMillis(1))))
                .isInstanceOf(CarafeException.Deadline.class);
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
        assertThat(pull(reference).id()).isEqualTo(image.id());
    }

    @Test
    void aRestartKnowsTheSameImagesAndForgetsDamagedOnes() throws Exception {
        Image one = pull(registry.push("one", "1", image));
        Image two = pull(registry.push("two", "1", TestImage.oci("{}", base)));
        images.close();
        Path record = root.resolve("images/records/" + two.id().substring(7) + ".json");
        Files.write(record, new byte[] {'{'});
        images = TestImages.open(root);
        assertThat(images.list()).containsExactly(one);
        assertThat(record.resolveSibling(record.getFileName() + ".damaged")).exists();
        assertThat(pull(registry.host() + "/two:1")).isEqualTo(two);
    }

    @Test
    void anImageInUseIsRemovedAndItsLayersStayUntilTheLastContainerIsGone() throws Exception {
        Image pulled = pull(registry.push("app", "1", image));
        Snapshot snapshot = images.prepare(pulled.id(), "c1");
        images.remove(pulled.id());
        assertThat(images.list()).isEmpty();
        assertThat(snapshot.lowerTopFirst()).allSatisfy(dir -> assertThat(dir).isDirectory());
        assertThatThrownBy(() -> images.prepare(pulled.id(), "c2"))
                .isInstanceOf(CarafeException.NotFound.class);
        images.close();
        images = TestImages.open(root);
        assertThat(images.prepared()).containsExactly("c1");
        assertThat(snapshot.lowerTopFirst()).allSatisfy(dir -> assertThat(dir).isDirectory());
        images.release("c1");
        images.release("c1");
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
    }

    @Test
    void usageGrowsAndShrinks() {
        long before = images.usage().images().usedBytes();
        Image pulled = pull(registry.push("app", "1", image));
        assertThat(images.usage().images().usedBytes()).isGreaterThan(before + 200_000);
        assertThat(images.usage().images().inodes()).isPositive();
        images.remove(pulled.id());
        assertThat(images.usage().images().usedBytes()).isEqualTo(before);
    }

    /** A release deletes first and forgets then; who measures in between must not fail. */
    @Test
    void whatIsJustBeingReleasedCountsAsNothing() throws IOException {
        Image pulled = pull(registry.push("app", "1", image));
        Snapshot snapshot = images.prepare(pulled.id(), "going");
        Files.delete(snapshot.upper());

        assertThat(images.usage().images().usedBytes()).isPositive();
        assertThat(images.written("going")).isEmpty();
        images.release("going");
    }

    @Test
    void manyLayersArrive() {
        TestLayer[] many =
                IntStream.range(0, 40)
                        .mapToObj(i -> TestImages.layer(i, 5000))
                        .toArray(TestLayer[]::new);
        assertThat(pull(registry.push("many", "1", TestImage.oci("{}", many))).chainIds())
                .hasSize(40);
    }
}
