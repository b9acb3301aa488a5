package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.image.snapshot.Layer;
import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.LayerStore;
import carafe.image.snapshot.Snapshot;
import carafe.image.snapshot.Snapshots;
import carafe.linux.fs.FileCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageUnpackerIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path dir;

    @Test
    void unpacksLayersAndPreparesASnapshotOnThem() throws Exception {
        LayerStore store = LayerStore.open(dir.resolve("layers"), FileCalls.linux());
        ImageUnpacker unpacker = new ImageUnpacker(store, UnpackLimits.standard(), 3);
        byte[] base =
                new TarBuilder().dir("etc/").file("etc/a", "one").file("etc/b", "two").build();
        byte[] top = new TarBuilder().file("etc/.wh.a", "").file("etc/c", "three").build();

        List<Path> lower;
        try (LayerLease lease = unpacker.unpack(Layers.of(base, top), DEADLINE)) {
            List<String> chain = lease.bottomFirst().stream().map(Layer::id).toList();
            Snapshots snapshots =
                    Snapshots.open(dir.resolve("snapshots"), store, FileCalls.linux());
            Snapshot snapshot = snapshots.prepare("c1", chain);
            lower = snapshot.lowerTopFirst();
            assertThat(snapshot.upper()).isDirectory();
            assertThat(store.collect(Set.of()).removed()).isZero();
            snapshots.release("c1");
        }

        assertThat(lower.get(1).resolve("etc/a")).hasContent("one");
        assertThat(lower.get(0).resolve("etc/c")).hasContent("three");
        assertThat(Files.readAttributes(lower.get(0).resolve("etc/a"), "unix:rdev").get("rdev"))
                .isEqualTo(0L);
        assertThat(store.collect(Set.of()).removed()).isEqualTo(2);
        assertThat(dir.resolve("layers")).isEmptyDirectory();
    }
}
