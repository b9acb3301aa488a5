package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.snapshot.Snapshot;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever ends a pull or a removal: afterwards the image is absent or complete. */
class PullCrashIT {
    /** 200 with {@code -Dcarafe.soak=true}. */
    private static final int ROUNDS = Boolean.getBoolean("carafe.soak") ? 200 : 25;

    @TempDir private Path dir;
    private ScriptedRegistry registry;
    private final TestLayer base = TestImages.layer(1, 2_000_000);
    private final TestLayer top = TestImages.layer(2, 500_000);
    private final TestImage image = TestImage.oci("{}", base, top);
    private String reference;

    @BeforeEach
    void start() throws IOException {
        registry = ScriptedRegistry.start();
        reference = registry.push("app", "1", image);
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    @ParameterizedTest
    @EnumSource(FailingFiles.Mood.class)
    void aPullThatFailsAtAnyDurableWrite(FailingFiles.Mood mood) throws Exception {
        boolean succeeded = false;
        for (int n = 1; !succeeded; n++) {
            assertThat(n).isLessThan(50);
            Path root = dir.resolve(mood + "-" + n);
            try (LocalImages images = TestImages.open(root, new FailingFiles(n, mood))) {
                images.pull(TestImages.request(reference));
                succeeded = true;
            } catch (CarafeException.Internal e) {
                assertThat(e).hasMessageContaining("scripted failure");
            }
            expectAbsentOrComplete(root);
        }
    }

    @ParameterizedTest
    @EnumSource(FailingFiles.Mood.class)
    void aMovedTagWhenAnyDurableWriteFails(FailingFiles.Mood mood) throws Exception {
        TestImage newer = TestImage.oci("{\"User\":\"7\"}", base);
        boolean whole = false;
        for (int n = 1; !whole; n++) {
            assertThat(n).isLessThan(50);
            Path root = dir.resolve(mood + "-" + n);
            registry.push("app", "1", image);
            try (LocalImages images = TestImages.open(root)) {
                images.pull(TestImages.request(reference));
            }
            registry.push("app", "1", newer);
            try (LocalImages images = TestImages.open(root, new FailingFiles(n, mood))) {
                images.pull(TestImages.request(reference));
            } catch (CarafeException.Internal e) {
                assertThat(e).hasMessageContaining("scripted failure");
            }
            try (LocalImages images = TestImages.open(root)) {
                List<String> holders =
                        images.list().stream()
                                .filter(i -> i.repoTags().contains(reference))
                                .map(Image::id)
                                .toList();
                assertThat(holders).hasSize(1);
                assertThat(images.find(reference).orElseThrow().id()).isEqualTo(holders.getFirst());
                whole = n > 10;
            }
        }
    }

    @ParameterizedTest
    @EnumSource(FailingFiles.Mood.class)
    void aRemovalThatFailsAtAnyDurableWrite(FailingFiles.Mood mood) throws Exception {
        for (int n = 1; n <= 4; n++) {
            Path root = dir.resolve(mood + "-" + n);
            try (LocalImages images = TestImages.open(root)) {
                images.pull(TestImages.request(reference));
            }
            try (LocalImages images = TestImages.open(root, new FailingFiles(n, mood))) {
                images.remove(reference);
            } catch (CarafeException.Internal e) {
                assertThat(e).hasMessageContaining("scripted failure");
            }
            expectAbsentOrComplete(root);
        }
    }

    @Test
    void aProcessKilledAtAnyMoment() throws Exception {
        Random random = new Random(11);
        Path root = dir.resolve("killed");
        Files.createDirectory(root);
        for (int round = 0; round < ROUNDS; round++) {
            Process puller = PullForEver.start(root, reference);
            try {
                assertThat(puller.inputReader().readLine()).isEqualTo("pulling");
                Thread.sleep(random.nextInt(250));
            } finally {
                puller.destroyForcibly();
                assertThat(puller.waitFor(10, TimeUnit.SECONDS)).isTrue();
            }
            expectAbsentOrComplete(root);
        }
    }

    /** Opens what a crash left, looks at it, and leaves an empty store behind. */
    private void expectAbsentOrComplete(Path root) throws Exception {
        try (LocalImages images = TestImages.open(root)) {
            if (images.find(reference).isPresent()) {
                expectComplete(images);
            } else {
                assertThat(TestImages.leftoversBesidePartialBlobs(root)).isEmpty();
            }
            assertThat(images.pull(TestImages.request(reference)).id()).isEqualTo(image.id());
            expectComplete(images);
            images.remove(reference);
            assertThat(TestImages.leftoversAtLast(root)).isEmpty();
        }
    }

    private void expectComplete(LocalImages images) throws IOException {
        Snapshot snapshot = images.prepare(image.id(), "check");
        assertThat(snapshot.lowerTopFirst().get(1).resolve("layer-1/noise")).hasSize(2_000_000);
        assertThat(snapshot.lowerTopFirst().get(0).resolve("layer-2/noise")).hasSize(500_000);
        byte[] noise = new byte[2_000_000];
        new Random(1).nextBytes(noise);
        assertThat(Files.readAllBytes(snapshot.lowerTopFirst().get(1).resolve("layer-1/noise")))
                .isEqualTo(noise);
        images.release("check");
    }
}
