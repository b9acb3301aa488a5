package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.testkit.image.OciLayout;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportIT {
    private static final Optional<String> NO_NAME = Optional.empty();

    @TempDir private Path dir;
    private Path root;
    private LocalImages images;
    private final TestLayer layer = TestImages.layer(1, 10_000);
    private final TestImage image = TestImage.oci("{}", layer);

    @BeforeEach
    void open() {
        root = dir.resolve("root");
        images = TestImages.open(root);
    }

    @AfterEach
    void close() {
        images.close();
    }

    private Path archive(byte[] content) throws IOException {
        return Files.write(dir.resolve("archive"), content);
    }

    private void expectInvalid(byte[] content, String why) throws Exception {
        Path path = archive(content);
        assertThatThrownBy(() -> images.importFrom(path, NO_NAME))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining(why);
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
    }

    @Test
    void importsTarAndGzip() throws Exception {
        byte[] tar = new OciLayout().add(image).tar();
        for (byte[] content : new byte[][] {tar, TestLayer.gzipped(tar)}) {
            Image imported = images.importFrom(archive(content), Optional.of("demo:1"));
            assertThat(imported.id()).isEqualTo(image.id());
            assertThat(imported.repoTags()).containsExactly("docker.io/library/demo:1");
            assertThat(imported.repoDigests()).isEmpty();
            assertThat(images.find("demo:1")).contains(imported);
            images.remove("demo:1");
            assertThat(TestImages.leftoversAtLast(root)).isEmpty();
        }
    }

    @Test
    void severalPlatformsAreOneImageAndSeveralImagesNeedAName() throws Exception {
        TestImage foreign = TestImage.ociFor("s390x", TestImages.layer(2, 10));
        String platform = ",\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}";
        byte[] multi =
                new OciLayout()
                        .add(foreign, platform.formatted("s390x"))
                        .add(image, platform.formatted(TestImage.architecture()))
                        .tar();
        assertThat(images.importFrom(archive(multi), NO_NAME).id()).isEqualTo(image.id());
        images.remove(image.id());

        TestImage other = TestImage.oci("{\"User\":\"7\"}", layer);
        String name = ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"%s\"}";
        byte[] two =
                new OciLayout()
                        .add(image, name.formatted("one"))
                        .add(other, name.formatted("two"))
                        .tar();
        expectInvalid(two, "2 images");
        assertThat(images.importFrom(archive(two), Optional.of("x:two")).id())
                .isEqualTo(other.id());
        assertThat(images.list().getFirst().repoTags()).containsExactly("docker.io/library/x:two");
    }

    @Test
    void theIndexInsideAnIndexIsFound() throws Exception {
        byte[] nested =
                new OciLayout()
                        .blob(image.manifest())
                        .blob(image.blobs().get(0))
                        .blob(image.blobs().get(1))
                        .list(TestImage.index(new TestImage.Entry(TestImage.architecture(), image)))
                        .tar();
        assertThat(images.importFrom(archive(nested), NO_NAME).id()).isEqualTo(image.id());
    }

    @Test
    void whatIsNoImageIsSaidAndLeavesNothing() throws Exception {
        byte[] tar = new OciLayout().add(image).tar();
        expectInvalid(new TarBuilder().file("hello", "world").build(), "neither index.json");
        expectInvalid("not an archive".getBytes(StandardCharsets.UTF_8), "tar archive");
        expectInvalid(Arrays.copyOf(tar, tar.length / 2), "tar archive");
        byte[] gzip = TestLayer.gzipped(tar);
        expectInvalid(Arrays.copyOf(gzip, gzip.length / 2), "ends too early");
        expectInvalid(new OciLayout().list(image.manifest()).tar(), "lacks");
        Path foreign = archive(new OciLayout().add(TestImage.ociFor("s390x", layer)).tar());
        assertThatThrownBy(() -> images.importFrom(foreign, NO_NAME))
                .isInstanceOf(CarafeException.NotFound.class)
                .hasMessageContaining("s390x");
    }

    @Test
    void aDamagedBlobIsRefused() throws Exception {
        for (String damaged :
                new String[] {image.manifest().digest(), image.id(), layer.blob().digest()}) {
            TarBuilder tar = new TarBuilder();
            for (Map.Entry<String, byte[]> file : new OciLayout().add(image).files().entrySet()) {
                byte[] content = file.getValue().clone();
                if (file.getKey().endsWith(damaged.substring(7))) {
                    content[content.length / 2] ^= 1;
                }
                tar.file(file.getKey(), content, TarBuilder.Attributes.mode(0644));
            }
            expectInvalid(tar.build(), "");
        }
    }

    @Test
    void linksInALayoutDirectoryAreNotFollowed() throws Exception {
        Path layout = Files.createDirectory(dir.resolve("layout"));
        new OciLayout().add(image).writeTo(layout);
        Path blob = layout.resolve("blobs/sha256/" + layer.blob().digest().substring(7));
        Path elsewhere = dir.resolve("elsewhere");
        Files.move(blob, elsewhere);
        Files.createSymbolicLink(blob, elsewhere);
        assertThatThrownBy(() -> images.importFrom(layout, NO_NAME))
                .isInstanceOf(CarafeException.class)
                .hasMessageContaining(layer.blob().digest().substring(7));
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
    }

    @Test
    void missingFilesAndDigestNamesAreRefused() {
        assertThatThrownBy(() -> images.importFrom(dir.resolve("nothing"), NO_NAME))
                .isInstanceOf(CarafeException.NotFound.class);
        String digest = "x@" + image.id();
        assertThatThrownBy(() -> images.importFrom(dir, Optional.of(digest)))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("not a digest");
        assertThatThrownBy(() -> images.importFrom(dir, NO_NAME))
                .isInstanceOf(CarafeException.Invalid.class);
    }
}
