package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.PullStatus;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.Answer;
import carafe.testkit.registry.Received;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PullSharingIT {
    /** Ten minutes with {@code -Dcarafe.soak=true}. */
    private static final Duration SIDE_BY_SIDE =
            Boolean.getBoolean("carafe.soak") ? Duration.ofMinutes(10) : Duration.ofSeconds(5);

    @TempDir private Path root;
    private ScriptedRegistry registry;
    private LocalImages images;
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final TestLayer base = TestImages.layer(1, 300_000);
    private final TestLayer top = TestImages.layer(2, 300_000);
    private final TestImage image = TestImage.oci("{}", base, top);

    @BeforeEach
    void start() throws IOException {
        registry = ScriptedRegistry.start();
        images = TestImages.open(root);
    }

    @AfterEach
    void stop() throws IOException {
        callers.shutdownNow();
        images.close();
        registry.close();
    }

    private Callable<Image> pulling(String reference) {
        return () -> images.pull(TestImages.request(reference));
    }

    private void awaitRequests(String pathPart) throws InterruptedException {
        for (int i = 0; registry.received(pathPart).isEmpty() && i < 1000; i++) {
            Thread.sleep(5);
        }
        assertThat(registry.received(pathPart)).isNotEmpty();
    }

    private static String path(TestLayer layer) {
        return "/blobs/" + layer.blob().digest();
    }

    @Test
    void fiftyPullsOfOneImageFetchEachBlobOnce() throws Exception {
        String reference = registry.push("app", "1", image);
        registry.script(path(base), Answer.late(Duration.ofSeconds(1)));
        List<Callable<Image>> pulls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            pulls.add(pulling(reference));
        }
        for (Future<Image> pulled : callers.invokeAll(pulls)) {
            assertThat(pulled.get().id()).isEqualTo(image.id());
        }
        assertThat(registry.received(path(base))).hasSize(1);
        assertThat(registry.received(path(top))).hasSize(1);
        images.remove(reference);
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
    }

    @Test
    void tenImagesThatShareLayersFetchEachLayerOnce() throws Exception {
        List<Callable<Image>> pulls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            TestImage own = TestImage.oci("{}", base, top, TestImages.layer(100 + i, 1000));
            pulls.add(pulling(registry.push("app" + i, "1", own)));
        }
        for (Future<Image> pulled : callers.invokeAll(pulls)) {
            assertThat(pulled.get().chainIds()).hasSize(3);
        }
        assertThat(registry.received(path(base))).extracting(Received::path).hasSize(1);
        assertThat(registry.received(path(top))).hasSize(1);
        assertThat(images.list()).hasSize(10);
    }

    @Test
    void oneThatGivesUpDoesNotCancelTheOthers() throws Exception {
        String reference = registry.push("app", "1", image);
        registry.script(path(base), Answer.late(Duration.ofSeconds(2)));
        Future<Image> first = callers.submit(pulling(reference));
        awaitRequests(path(base));
        Future<Image> second = callers.submit(pulling(reference));
        while (registry.received("/manifests/").size() < 2) {
            Thread.sleep(5);
        }
        Thread.sleep(200);
        first.cancel(true);
        assertThat(second.get().id()).isEqualTo(image.id());
        assertThat(registry.received(path(base))).hasSize(1);
    }

    @Test
    void whenNobodyWaitsConnectionsEndAndNothingStays() throws Exception {
        String reference = registry.push("app", "1", image);
        registry.script(path(base), Answer.stallAfter(1000));
        Future<Image> only = callers.submit(pulling(reference));
        awaitRequests(path(base));
        only.cancel(true);
        long cancelled = System.nanoTime();
        while (registry.connections() > 0
                && System.nanoTime() - cancelled < Duration.ofSeconds(10).toNanos()) {
            Thread.sleep(5);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - cancelled))
                .isLessThan(Duration.ofSeconds(1));
        assertThat(TestImages.leftoversBesidePartialBlobs(root)).isEmpty();
        assertThat(images.pull(TestImages.request(reference)).id()).isEqualTo(image.id());
    }

    @Test
    void aCallersDeadlineIsItsOwn() throws Exception {
        String reference = registry.push("app", "1", image);
        registry.script(path(base), Answer.late(Duration.ofSeconds(2)));
        Future<Image> patient = callers.submit(pulling(reference));
        awaitRequests(path(base));
        assertThatThrownBy(() -> images.pull(TestImages.request(reference, Duration.ofMillis(300))))
                .isInstanceOf(CarafeException.Deadline.class);
        assertThat(patient.get().id()).isEqualTo(image.id());
    }

    @Test
    void aFailureReachesEverybodyWhoWaits() throws Exception {
        String reference = registry.push("app", "1", image);
        Answer late404 =
                (request, right, wire) -> {
                    wire.pause(Duration.ofSeconds(1));
                    Answer.status(404).send(request, right, wire);
                };
        registry.script(path(base), late404, late404);
        List<Callable<Image>> pulls = List.of(pulling(reference), pulling(reference));
        for (Future<Image> pulled : callers.invokeAll(pulls)) {
            assertThatThrownBy(pulled::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(CarafeException.NotFound.class);
        }
        assertThat(TestImages.leftoversBesidePartialBlobs(root)).isEmpty();
    }

    @Test
    void pullRemoveAndPrepareSideBySideNeverGiveAContainerWithoutItsLayers() throws Exception {
        String reference = registry.push("app", "1", image);
        long end = System.nanoTime() + SIDE_BY_SIDE.toNanos();
        Future<Integer> pulls = callers.submit(() -> repeat(end, _ -> pulling(reference).call()));
        Future<Integer> removals = callers.submit(() -> repeat(end, _ -> images.remove(reference)));
        Future<Integer> containers =
                callers.submit(() ->
                        repeat(
                                end,
                                i -> {
                                    String id = "c" + i;
                                    assertThat(images.prepare(image.id(), id).lowerTopFirst())
                                            .allSatisfy(p -> assertThat(p).isDirectory());
                                    images.release(id);
                                }));
        assertThat(pulls.get() + removals.get()).isPositive();
        assertThat(containers.get()).isPositive();
        images.remove(reference);
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
    }

    @FunctionalInterface
    private interface Step {
        void run(int i) throws Exception;
    }

    /** Repeats until the time is over; what is not there meanwhile is fine. */
    private static int repeat(long endNanos, Step step) throws Exception {
        int done = 0;
        for (int i = 0; System.nanoTime() < endNanos; i++) {
            try {
                step.run(i);
                done++;
            } catch (CarafeException.NotFound e) {
                Thread.sleep(1);
            }
        }
        return done;
    }

    @Test
    void whoLooksOnSeesBytesLayersAndTheQueue() throws Exception {
        TestLayer first = TestImages.layer(50, 400_000);
        TestLayer second = TestImages.layer(51, 400_000);
        TestImage one = TestImage.oci("{}", first, second);
        String reference = registry.push("watched", "1", one);
        registry.script(first.blob().digest(), Answer.stallAfter(100_000));
        registry.script(second.blob().digest(), Answer.stallAfter(0));
        try (LocalImages images = TestImages.open(root)) {
            Thread pull =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    images.pull(TestImages.request(reference));
                                } catch (CarafeException e) {
                                    // given up below
                                }
                            });
            PullStatus seen = null;
            for (int i = 0; i < 3000 && (seen == null || seen.bytesDone() < 100_000); i++) {
                Thread.sleep(10);
                seen = images.pulls().isEmpty() ? null : images.pulls().getFirst();
            }
            PullStatus status = Objects.requireNonNull(seen);
            assertThat(status.names()).containsExactly(reference);
            assertThat(status.queuePosition()).isZero();
            assertThat(status.bytesDone()).isEqualTo(100_000);
            assertThat(status.bytes())
                    .isEqualTo(first.blob().content().length + second.blob().content().length);
            assertThat(status.layers()).hasSize(2);
            assertThat(status.layers().getFirst().state()).isEqualTo(PullStatus.State.UNPACKING);
            pull.interrupt();
            pull.join();
            for (int i = 0; i < 3000 && !images.pulls().isEmpty(); i++) {
                Thread.sleep(10);
            }
            assertThat(images.pulls()).isEmpty();
        }
    }
}
