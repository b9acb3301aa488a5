package carafe.image.pull;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.DiskFiles;
import carafe.image.download.KeptBlobs;
import carafe.image.snapshot.KnownSums;
import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.LayerName;
import carafe.image.snapshot.LayerStore;
import carafe.image.snapshot.StagedLayer;
import carafe.image.store.ImageStore;
import carafe.linux.fs.FileCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LayerGarbageIT {
    private static final String CHAIN = "sha256:" + "a".repeat(64);
    private static final Duration GUARD = Duration.ofHours(1);

    /** The image is removed while the pull that made it still holds its layers. */
    @Test
    void whatLostItsImageGoesWithTheLease(@TempDir Path dir) throws Exception {
        LayerStore layers = LayerStore.open(dir.resolve("layers"), FileCalls.linux());
        ImageStore images =
                ImageStore.open(dir.resolve("images"), new DiskFiles(), layers::has, Set.of());
        KeptBlobs kept = KeptBlobs.open(Files.createDirectory(dir.resolve("kept")), false);
        try (LayerGarbage garbage = new LayerGarbage(layers, images, kept, GUARD);
                LayerLease lease = published(layers)) {
            garbage.collect(Set.of(CHAIN));
            assertThat(layers.has(CHAIN)).as("while it is leased").isTrue();

            garbage.end(lease, garbage.claim(Set.of()));
            for (int i = 0; i < 500 && layers.has(CHAIN); i++) {
                Thread.sleep(10);
            }
            assertThat(layers.has(CHAIN)).isFalse();
        }
    }

    private static LayerLease published(LayerStore layers) throws InterruptedException {
        try (StagedLayer staged = layers.stage()) {
            return staged.publish(
                    new StagedLayer.Contents(
                            new LayerName(CHAIN, CHAIN, CHAIN),
                            0,
                            0,
                            false,
                            true,
                            true,
                            new KnownSums()));
        }
    }
}
