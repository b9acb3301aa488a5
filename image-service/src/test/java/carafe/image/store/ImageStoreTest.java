package carafe.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.manifest.MediaTypes;
import carafe.image.reference.Digest;
import carafe.image.reference.ImageQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageStoreTest {
    private static final Digest LAYER = Digest.of(new byte[] {1});

    @TempDir private Path dir;
    private ImageStore store;

    @BeforeEach
    void open() {
        store = reopened(_ -> true);
    }

    private ImageStore reopened(java.util.function.Predicate<String> hasLayer) {
        return ImageStore.open(dir, new UnforcedFiles(), hasLayer, Set.of("r/pinned:1"));
    }

    private static NewImage image(String user) {
        byte[] config =
                "{\"config\":{\"User\":\"%s\"},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
                        .formatted(user, LAYER)
                        .getBytes(StandardCharsets.UTF_8);
        byte[] manifest =
                "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s],\"annotations\":{\"of\":\"%s\"}}"
                        .formatted(
                                descriptor(MediaTypes.OCI_CONFIG, Digest.of(config)),
                                descriptor(MediaTypes.OCI_LAYER, LAYER),
                                user)
                        .getBytes(StandardCharsets.UTF_8);
        return new NewImage(Digest.of(config), config, manifest, List.of(LAYER.toString()), 1000);
    }

    private static String descriptor(String mediaType, Digest digest) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}".formatted(mediaType, digest);
    }

    private static Names tag(String tag) {
        return new Names(tag, null);
    }

    private static String digestName(String name) {
        return name + "@" + LAYER;
    }

    private Image found(String text) {
        return store.find(ImageQuery.parse(text)).orElseThrow();
    }

    private Path record(Image image) {
        return dir.resolve("records/" + image.id().substring(7) + ".json");
    }

    @Test
    void anUnfinishedRecordOfAKilledDaemonIsDeleted() throws IOException {
        Path unfinished = dir.resolve("records/.00.json.tmp");
        Files.writeString(unfinished, "{\"ver");

        reopened(_ -> true);

        assertThat(unfinished).doesNotExist();
    }

    @Test
    void mergesNamesOfOneImage() {
        store.put(image("a"), new Names("r.x/a:1", digestName("r.x/a")));
        Image image = store.put(image("a"), new Names("r.x/b:2", digestName("r.x/b")));
        assertThat(image.repoTags()).containsExactly("r.x/a:1", "r.x/b:2");
        assertThat(image.repoDigests()).containsExactly(digestName("r.x/a"), digestName("r.x/b"));
        assertThat(store.list()).containsExactly(image);
        assertThat(image.sizeBytes()).isGreaterThan(1000);
        assertThat(found("r.x/a:1")).isEqualTo(image);
        assertThat(found("r.x/b@" + LAYER)).isEqualTo(image);
        assertThat(found("r.x/b:other@" + LAYER)).isEqualTo(image);
    }

    @Test
    void whatWasPulledBeforeIsNamedWithoutPullingAgain() {
        assertThat(store.putAgain(LAYER, tag("r.x/b:1"))).isEmpty();
        store.put(image("a"), new Names("r.x/a:1", digestName("r.x/a")));
        assertThat(store.putAgain(LAYER, tag("r.x/b:1")).orElseThrow().repoTags())
                .containsExactly("r.x/a:1", "r.x/b:1");
    }

    @Test
    void aRestartShowsTheSame() {
        store.put(image("a"), new Names("r.x/a:1", digestName("r.x/a")));
        store.put(image("b"), tag("docker.io/library/b:latest"));
        List<Image> before = store.list();
        store = reopened(_ -> true);
        assertThat(store.list()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(found("b").config().user()).isEqualTo("b");
    }

    @Test
    void theNewerRecordHasATagThatTwoClaim() throws IOException {
        Image old = store.put(image("a"), tag("r.x/a:1"));
        byte[] oldRecord = Files.readAllBytes(record(old));
        Image newer = store.put(image("b"), tag("r.x/a:1"));
        Files.write(record(old), oldRecord);
        store = reopened(_ -> true);
        assertThat(found("r.x/a:1").id()).isEqualTo(newer.id());
        assertThat(found(old.id()).repoTags()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "{}",
                "{\"version\":2}",
                "\0\0\0",
                "{\"version\":1,\"id\":\"x\",\"sequence\":1,\"tags\":[],\"digests\":[],\"manifest\":\"\","
                        + "\"chainIds\":[],\"layerBytes\":0}"
            })
    void aDamagedRecordIsSetAsideAndHarmsNoOther(String damage) throws IOException {
        Image good = store.put(image("a"), tag("r.x/a:1"));
        Image bad = store.put(image("b"), tag("r.x/b:1"));
        Files.writeString(record(bad), damage);
        store = reopened(_ -> true);
        assertThat(store.list()).containsExactly(good);
        assertThat(record(bad)).doesNotExist();
        assertThat(record(bad).resolveSibling(record(bad).getFileName() + ".damaged")).exists();
        assertThat(store.put(image("b"), tag("r.x/b:1"))).isEqualTo(bad);
    }

    @Test
    void everyFlippedByteIsHarmless() throws IOException {
        Image image = store.put(image("a"), tag("r.x/a:1"));
        byte[] record = Files.readAllBytes(record(image));
        for (int at = 0; at < record.length; at++) {
            byte[] flipped = record.clone();
            flipped[at] ^= 0x10;
            Files.write(record(image), flipped);
            store = reopened(_ -> true);
            assertThat(store.list()).hasSizeLessThan(2);
            Files.write(record(image), record);
            if (!Files.exists(dir.resolve("blobs/sha256/" + image.id().substring(7)))) {
                store = reopened(_ -> true);
                store.put(image("a"), tag("r.x/a:1"));
                record = Files.readAllBytes(record(image));
            }
        }
    }

    @Test
    void imagesThatAreNotWholeAreSetAside() throws IOException {
        Image image = store.put(image("a"), tag("r.x/a:1"));
        Files.writeString(dir.resolve("blobs/sha256/" + image.id().substring(7)), "{}");
        store = reopened(_ -> true);
        assertThat(store.list()).isEmpty();
        store.put(image("b"), tag("r.x/b:1"));
        store = reopened(_ -> false);
        assertThat(store.list()).isEmpty();
    }

    @Test
    void removalTakesDocumentsUnlessAnotherImageNeedsThem() throws IOException {
        Image image = store.put(image("a"), tag("r.x/a:1"));
        store.put(image("b"), tag("r.x/b:1"));
        assertThat(store.remove(ImageQuery.parse("r.x/a:1"))).isPresent();
        assertThat(store.remove(ImageQuery.parse("r.x/a:1"))).isEmpty();
        assertThat(store.configJson(image.id())).isEmpty();
        try (Stream<Path> blobs = Files.list(dir.resolve("blobs/sha256"))) {
            assertThat(blobs).hasSize(2);
        }
        assertThat(store.chainIds()).containsExactly(LAYER.toString());
    }

    @Test
    void shortIdsMustBeUnique() {
        for (int i = 0; i < 40; i++) {
            store.put(image("user" + i), tag("r.x/a:" + i));
        }
        Image image = found("r.x/a:7");
        assertThat(found(image.id().substring(7, 27))).isEqualTo(image);
        assertThat(found("sha256:" + image.id().substring(7, 27))).isEqualTo(image);
        String common = image.id().substring(7, 8);
        long alike = store.list().stream().filter(i -> i.id().startsWith(common, 7)).count();
        if (alike > 1) {
            assertThatThrownBy(() -> store.find(ImageQuery.parse(common)))
                    .isInstanceOf(CarafeException.Invalid.class)
                    .hasMessageContaining("start of " + alike);
        }
        assertThat(store.find(ImageQuery.parse("r.x/a:none"))).isEmpty();
    }

    @Test
    void pinnedTagsPinTheirImage() {
        assertThat(store.put(image("a"), tag("r/pinned:1")).pinned()).isTrue();
        assertThat(store.put(image("b"), tag("r/other:1")).pinned()).isFalse();
    }
}
