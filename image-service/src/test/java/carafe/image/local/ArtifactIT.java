package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.snapshot.Snapshot;
import carafe.testkit.image.Blob;
import carafe.testkit.image.TestImage;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OCI artifacts: their files, by title, are what a mount of them shows. */
class ArtifactIT {
    private static final Blob EMPTY = blob("application/vnd.oci.empty.v1+json", "{}");

    @TempDir private Path root;
    private ScriptedRegistry registry;
    private LocalImages images;

    @BeforeEach
    void open() throws IOException {
        registry = ScriptedRegistry.start();
        images = TestImages.open(root);
    }

    @AfterEach
    void close() throws IOException {
        images.close();
        registry.close();
    }

    private static Blob blob(String mediaType, String content) {
        return new Blob(mediaType, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Pairs of title and content; an empty title is none. */
    private static TestImage artifact(String... titlesAndContents) {
        List<Blob> blobs = new ArrayList<>(List.of(EMPTY));
        List<String> layers = new ArrayList<>();
        for (int i = 0; i < titlesAndContents.length; i += 2) {
            Blob blob = blob("application/x.weights", titlesAndContents[i + 1]);
            blobs.add(blob);
            String title = titlesAndContents[i];
            layers.add(
                    title.isEmpty()
                            ? blob.descriptor()
                            : blob.descriptor(
                                    ",\"annotations\":{\"org.opencontainers.image.title\":\"%s\"}"
                                            .formatted(title)));
        }
        String manifest =
                "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"artifactType\":\"application/x.model\","
                                .formatted("application/vnd.oci.image.manifest.v1+json")
                        + "\"config\":%s,\"layers\":[%s],\"annotations\":{\"by\":\"us\"}}"
                                .formatted(EMPTY.descriptor(), String.join(",", layers));
        return new TestImage(blob("application/vnd.oci.image.manifest.v1+json", manifest), blobs);
    }

    private Image pull(String tag, TestImage artifact) {
        return images.pull(TestImages.request(registry.push("models", tag, artifact)));
    }

    /** What the layers together hold, by path. */
    private static Optional<Path> file(Snapshot snapshot, String path) {
        return snapshot.lowerTopFirst().stream()
                .map(layer -> layer.resolve(path))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    @Test
    void theFilesOfAnArtifactAreThereByTheirTitles() throws Exception {
        TestImage small = artifact("weights", "light", "sub/dir/model", "deep", "", "untitled");
        Image pulled = pull("small", small);

        assertThat(pulled.artifact()).isTrue();
        assertThat(pulled.id()).isEqualTo(small.manifest().digest());
        assertThat(pulled.repoDigests()).hasSize(1);
        assertThat(pulled.annotations()).containsEntry("by", "us");
        assertThat(pulled.sizeBytes()).isPositive();
        String untitled = blob("application/x.weights", "untitled").digest().replace(':', '-');
        for (int starts = 0; starts < 2; starts++) {
            Snapshot snapshot = images.prepare(pulled.id(), "c");
            assertThat(file(snapshot, "weights").orElseThrow()).hasContent("light");
            assertThat(file(snapshot, "sub/dir/model").orElseThrow()).hasContent("deep");
            assertThat(file(snapshot, untitled).orElseThrow()).hasContent("untitled");
            images.release("c");
            assertThat(images.verify(Optional.empty()).damages()).isEmpty();
            images.close();
            images = TestImages.open(root);
        }
        assertThat(images.list()).containsExactly(pulled);
        assertThat(images.configJson(pulled.id())).contains("application/x.model");
    }

    /** All artifacts have one and the same configuration, which therefore names none of them. */
    @Test
    void artifactsOfOneConfigurationAreTwo() {
        Image one = pull("one", artifact("weights", "first"));
        Image two = pull("two", artifact("weights", "second"));

        assertThat(one.id()).isNotEqualTo(two.id());
        assertThat(images.list()).hasSize(2);
        images.remove(one.id());
        Snapshot snapshot = images.prepare(two.id(), "c");
        assertThat(file(snapshot, "weights").orElseThrow()).hasContent("second");
    }

    @Test
    void titlesLeadNowhereElse() throws Exception {
        Image pulled = pull("up", artifact("../../../up", "inside", "/etc/abs", "absolute"));
        Snapshot snapshot = images.prepare(pulled.id(), "c");
        assertThat(file(snapshot, "up").orElseThrow()).hasContent("inside");
        assertThat(file(snapshot, "etc/abs").orElseThrow()).hasContent("absolute");

        assertThatThrownBy(() -> pull("twice", artifact("a", "1", "a", "2")))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("two files \"a\"");
        assertThatThrownBy(() -> pull("none", artifact("..", "1")))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("titled");
        TestImage nothing = artifact("", "");
        String empty =
                new String(nothing.manifest().content(), StandardCharsets.UTF_8)
                        .replace("application/x.weights", "application/vnd.oci.empty.v1+json");
        assertThatThrownBy(() ->
                        pull(
                                "empty",
                                new TestImage(
                                        blob(nothing.manifest().mediaType(), empty),
                                        nothing.blobs())))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("no files");
        assertThat(images.list()).hasSize(1);
    }
}
