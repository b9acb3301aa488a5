package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.image.Image;
import carafe.image.Verification.Damage;
import carafe.image.reference.Digest;
import carafe.testkit.image.OciLayout;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TarBuilder.Attributes;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code images.keep_blobs}: what came of a registry stays while an image has it. */
final class KeptBlobsIT {
    private static final int KILLS = 4;

    @TempDir private Path root;
    private final TestLayer base = TestImages.layer(1, 300_000);
    private final TestLayer shared = impliesItsDirectory();
    private final TestImage one = TestImage.oci("{\"User\":\"1\"}", base, shared);
    private final TestImage two =
            TestImage.oci("{\"User\":\"2\"}", TestImages.layer(3, 1000), shared);
    private ScriptedRegistry registry;
    private String first;
    private String second;

    /** Such a layer is unpacked for each image that has another one below. */
    private static TestLayer impliesItsDirectory() {
        byte[] noise = new byte[400_000];
        new Random(2).nextBytes(noise);
        return TestLayer.gzip(
                new TarBuilder().file("implied/noise", noise, Attributes.mode(0644)).build());
    }

    @BeforeEach
    void start() throws IOException {
        registry = ScriptedRegistry.start();
        first = registry.push("one", "1", one);
        second = registry.push("two", "1", two);
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private int requests(TestLayer layer) {
        return registry.received("/blobs/" + layer.blob().digest()).size();
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("images/kept"))) {
            return files.toList();
        }
    }

    private Path kept(TestLayer layer) {
        return root.resolve("images/kept").resolve(layer.blob().digest().replace(':', '-'));
    }

    private static Image pull(LocalImages images, String reference) {
        return images.pull(TestImages.request(reference));
    }

    @Test
    void blobsStayWithTheirImagesAndSaveDownloads() throws Exception {
        try (LocalImages images = TestImages.openKeeping(root)) {
            long empty = images.usage().images().usedBytes();
            Image pulled = pull(images, first);
            assertThat(kept()).containsExactlyInAnyOrder(kept(base), kept(shared));
            assertThat(Files.readAllBytes(kept(shared))).isEqualTo(shared.blob().content());
            assertThat(images.usage().images().usedBytes() - empty)
                    .as("layers, documents, and the blobs beside them")
                    .isGreaterThan(pulled.sizeBytes() + 700_000)
                    .isLessThan(pulled.sizeBytes() + 730_000);
        }
        try (LocalImages images = TestImages.openKeeping(root)) {
            pull(images, second);
            assertThat(requests(shared)).as("the blob is here, the daemon another").isEqualTo(1);
            images.remove(first);
            assertThat(kept()).contains(kept(shared)).doesNotContain(kept(base));
            images.remove(second);
            assertThat(TestImages.leftoversAtLast(root)).isEmpty();
        }
    }

    @Test
    void anImageWhoseLayerIsGoneComesBackWithoutADownload() throws Exception {
        try (LocalImages images = TestImages.openKeeping(root)) {
            pull(images, first);
            pull(images, second);
        }
        try (Stream<Path> layers = Files.list(root.resolve("layers"))) {
            for (Path layer : layers.toList()) {
                TestImages.deleteTree(layer);
            }
        }
        try (LocalImages images = TestImages.openKeeping(root, Duration.ofHours(1))) {
            assertThat(images.list()).isEmpty();
            assertThat(pull(images, first).id()).isEqualTo(one.id());
            assertThat(requests(base) + requests(shared)).isEqualTo(2);
            assertThat(images.verify(Optional.empty()).damages()).isEmpty();
        }
    }

    @Test
    void verifyReadsThemAndADamagedOneIsFetchedAnew() throws Exception {
        try (LocalImages images = TestImages.openKeeping(root)) {
            pull(images, first);
            long right = images.verify(Optional.of(first)).bytes();
            assertThat(right).isGreaterThan(1_400_000);
            try (RandomAccessFile file = new RandomAccessFile(kept(shared).toFile(), "rw")) {
                file.seek(1000);
                file.write(new byte[100]);
            }
            List<Damage> damages = images.verify(Optional.of(first)).damages();
            assertThat(damages).extracting(Damage::subject).containsExactly(shared.blob().digest());
            assertThat(pull(images, second).id()).isEqualTo(two.id());
            assertThat(requests(shared)).isEqualTo(2);
            assertThat(images.verify(Optional.empty()).damages()).isEmpty();
        }
    }

    @Test
    void importsAreKeptToo(@TempDir Path elsewhere) throws Exception {
        Path layout = elsewhere;
        new OciLayout().add(one).writeTo(layout);
        try (LocalImages images = TestImages.openKeeping(root)) {
            images.importFrom(layout, Optional.of("localhost/one:1"));
            assertThat(kept()).containsExactlyInAnyOrder(kept(base), kept(shared));
            pull(images, second);
            assertThat(requests(shared)).isZero();
        }
    }

    @Test
    void whatAKilledDaemonKeptIsWholeAndGoesWithItsImages() throws Exception {
        Random random = new Random(3);
        for (int round = 0; round < KILLS; round++) {
            Process puller = PullForEver.startKeeping(root, first, second);
            try {
                assertThat(puller.inputReader().readLine()).isEqualTo("pulling");
                Thread.sleep(random.nextInt(250));
            } finally {
                puller.destroyForcibly();
                assertThat(puller.waitFor(10, TimeUnit.SECONDS)).isTrue();
            }
            for (Path blob : kept()) {
                assertThat(Digest.of(Files.readAllBytes(blob)).toString().replace(':', '-'))
                        .isEqualTo(String.valueOf(blob.getFileName()));
            }
            try (LocalImages images = TestImages.openKeeping(root)) {
                pull(images, first);
                pull(images, second);
                assertThat(kept()).contains(kept(base), kept(shared));
                assertThat(images.verify(Optional.empty()).damages()).isEmpty();
                images.remove(first);
                images.remove(second);
                assertThat(TestImages.leftoversAtLast(root)).isEmpty();
            }
        }
    }

    @Test
    void withoutTheSettingNothingIsKeptAnyMore() throws Exception {
        try (LocalImages images = TestImages.openKeeping(root)) {
            pull(images, first);
        }
        try (LocalImages images = TestImages.open(root)) {
            assertThat(kept()).isEmpty();
            assertThat(images.verify(Optional.of(first)).damages()).isEmpty();
            pull(images, second);
            assertThat(kept()).isEmpty();
        }
    }
}
