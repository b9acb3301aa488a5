package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the layers of one image share while one of them fails. */
class ImageRunIT {
    private static final long WAIT_SECONDS = 20;

    @TempDir Path dir;

    @Test
    void aLayerStaysOpenUntilTheLayersAboveHaveEnded() throws Exception {
        List<LayerSource> image =
                Layers.of(
                        new TarBuilder().file("a", "one").build(),
                        new TarBuilder().file("b", "two").build());
        Store store = new Store(dir);
        Path lower = store.unpack(image).getFirst();
        LayerSource first = image.getFirst();
        CountDownLatch failing = new CountDownLatch(1);
        AtomicBoolean openAtTheEnd = new AtomicBoolean();
        ImageRun.Work work =
                (source, place) -> {
                    if (source.equals(first)) {
                        place.present(store.layers.lease(List.of(first.descriptor().chainId())));
                        failing.countDown();
                        throw new IOException("the lower layer fails");
                    }
                    waitForInterruptAfter(failing);
                    Thread.sleep(200); // time enough to close the lower layer too early
                    openAtTheEnd.set(isOpen(lower));
                };
        ImageRun run =
                new ImageRun(
                        store.layers, new Budget(Store.LIMITS), Until.in("t", Store.DEADLINE), 2);

        assertThatThrownBy(() -> run.run(work, image))
                .isInstanceOf(CarafeException.class)
                .hasMessageContaining("the lower layer fails");

        assertThat(openAtTheEnd).isTrue();
        assertThat(isOpen(lower)).isFalse();
    }

    /** The interrupt may come before the latch is seen to be open. */
    private static void waitForInterruptAfter(CountDownLatch failing) {
        try {
            assertThat(failing.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            Thread.sleep(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
            throw new AssertionError("the failure of the lower layer did not end this one");
        } catch (InterruptedException e) {
            // As it should be.
        }
    }

    private static boolean isOpen(Path directory) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path fd : open.toList()) {
                if (directory.toString().equals(target(fd))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String target(Path fd) throws IOException {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (NoSuchFileException e) {
            return "closed meanwhile";
        }
    }
}
