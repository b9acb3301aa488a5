package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.LayerStore;
import carafe.image.snapshot.Snapshots;
import carafe.linux.Errno;
import carafe.linux.fs.FileCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kernel call fails once: nothing is left behind, and trying again works. */
class FaultIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir Path dir;

    private static List<LayerSource> image() {
        byte[] base =
                new TarBuilder()
                        .dir("etc/")
                        .pax("SCHILY.xattr.user.k", "v", "mtime", "3.5")
                        .file("etc/a", "one")
                        .file("etc/a", "two")
                        .symlink("etc/l", "a")
                        .hardlink("etc/h", "etc/a")
                        .fifo("p")
                        .device('3', "null", 1, 3)
                        .file("implied/x", "x")
                        .build();
        byte[] top =
                new TarBuilder()
                        .file("etc/.wh.l", "")
                        .file("etc/b", "b")
                        .hardlink("h2", "etc/a")
                        .file("implied/.wh..wh..opq", "")
                        .build();
        return Layers.of(base, top);
    }

    /** What is open in the test's directory. */
    private List<String> descriptors() throws Exception {
        List<String> found = new ArrayList<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path fd : open.toList()) {
                if (Files.isSymbolicLink(fd)) {
                    found.add(Files.readSymbolicLink(fd).toString());
                }
            }
        }
        found.removeIf(target -> !target.startsWith(dir.toString()));
        return found;
    }

    @ParameterizedTest
    @CsvSource({Errno.ENOSPC + ",1", Errno.EIO + ",7", Errno.EMFILE + ",11"})
    void everyCallOfUnpackingMayFail(int errno, int stride) throws Exception {
        String good = listings(new Store(dir.resolve("warm")).unpack(image()));
        for (long n = 1; ; n += stride) {
            Path store = dir.resolve("layers" + n);
            LayerStore.open(store, FileCalls.linux());
            FailingCalls failing = new FailingCalls(n, errno);
            String outcome = unpack(store, failing);
            if (failing.failed().isEmpty()) {
                assertThat(outcome).isEqualTo("done");
                assertThat(n).isGreaterThan(50);
                return;
            }
            retry(store, good, n + " " + failing.failed() + ": " + outcome);
            assertThat(descriptors()).as("%s %s", n, failing.failed()).isEmpty();
        }
    }

    private static String unpack(Path path, FailingCalls failing) {
        try {
            Store store = new Store(path, failing.calls(), Store.LIMITS);
            store.unpack(image());
            return "done";
        } catch (CarafeException.Exhausted | CarafeException.Internal e) {
            assertThat(e).as(failing.failed()).hasMessageContaining("injected");
            return String.valueOf(e.getMessage());
        }
    }

    private static void retry(Path path, String good, String what) throws Exception {
        Store store = new Store(path);
        store.layers.collect(Set.of());
        assertThat(path).as(what).isEmptyDirectory();
        assertThat(listings(store.unpack(image()))).as(what).isEqualTo(good);
    }

    private static String listings(List<Path> layers) throws Exception {
        StringBuilder text = new StringBuilder();
        for (Path layer : layers) {
            text.append(TreeListing.of(layer));
        }
        return text.toString();
    }

    @Test
    void everyCallOfPreparingAndReleasingMayFail() {
        Store store = new Store(dir.resolve("layers"));
        store.unpack(image());
        List<String> chain = image().stream().map(s -> s.descriptor().chainId()).toList();
        for (long n = 1; ; n++) {
            Path path = dir.resolve("snapshots" + n);
            Snapshots.open(path, store.layers, FileCalls.linux());
            FailingCalls failing = new FailingCalls(n, Errno.ENOSPC);
            try {
                Snapshots snapshots = Snapshots.open(path, store.layers, failing.calls());
                snapshots.prepare("c", chain);
                snapshots.usage("c");
                snapshots.release("c");
            } catch (CarafeException.Exhausted | CarafeException.Internal e) {
                assertThat(e).hasMessageContaining("injected");
            }
            Snapshots again = Snapshots.open(path, store.layers, FileCalls.linux());
            again.release("c");
            again.collect(Set.of());
            assertThat(path).isEmptyDirectory();
            assertThat(again.prepare("c", chain).upper()).isDirectory();
            again.release("c");
            if (failing.failed().isEmpty()) {
                assertThat(n).isGreaterThan(20);
                return;
            }
        }
    }

    @Test
    void aFullDiskIsRefusedBeforeItIsFull() {
        UnpackLimits floor = new UnpackLimits(1 << 30, 1 << 30, 1000, 9, 9, Long.MAX_VALUE / 2, 0);
        Store store = new Store(dir.resolve("layers"), FileCalls.linux(), floor);
        assertThatThrownBy(() -> store.unpack(image()))
                .isInstanceOf(CarafeException.Exhausted.class)
                .hasMessageContaining("must stay free");
        store.layers.collect(Set.of());
        assertThat(dir.resolve("layers")).isEmptyDirectory();
    }

    @Test
    void aFailedUpperLayerLeavesTheLowerOneForTheRetry() {
        Store store = new Store(dir.resolve("layers"));
        List<LayerSource> good = image();
        LayerSource bad = new Layers.Memory(good.get(1).descriptor(), new byte[512]);

        assertThatThrownBy(() -> store.unpack(List.of(good.get(0), bad)))
                .isInstanceOf(CarafeException.class);
        try (LayerLease lease = store.unpacker.unpack(good, DEADLINE)) {
            assertThat(lease.bottomFirst()).hasSize(2);
        }
    }
}
