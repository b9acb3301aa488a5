package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.linux.fs.FileCalls;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.Answer;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A registry that does not get on ends at the no-progress limit, 2 s here. */
class PullTimeoutIT {
    /** Half a minute with {@code -Dcarafe.soak=true}. */
    private static final Duration SLOW_SYNC =
            Boolean.getBoolean("carafe.soak") ? Duration.ofSeconds(30) : Duration.ofMillis(2500);

    private static final Duration LIMIT = Duration.ofSeconds(2);

    @TempDir private Path root;
    private ScriptedRegistry registry;
    private LocalImages images;
    private final TestLayer layer = TestImages.layer(1, 300_000);
    private final TestImage image = TestImage.oci("{}", layer);

    @BeforeEach
    void start() throws IOException {
        registry = ScriptedRegistry.start();
        images = TestImages.open(root, LIMIT);
    }

    @AfterEach
    void stop() throws IOException {
        images.close();
        registry.close();
    }

    static Stream<Arguments> stalls() {
        Answer drip = Answer.drip(Duration.ofMillis(100));
        return Stream.of(
                Arguments.of("/manifests/", Answer.SILENCE),
                Arguments.of("/manifests/", Answer.stallAfter(10)),
                Arguments.of("/manifests/", drip),
                Arguments.of("/blobs/", Answer.SILENCE),
                Arguments.of("/blobs/", Answer.stallAfter(10)),
                Arguments.of("/blobs/", drip));
    }

    @ParameterizedTest
    @MethodSource("stalls")
    void aStalledPullEndsAtTheLimit(String where, Answer stall) throws Exception {
        String reference = registry.push("app", "1", image);
        registry.script(where, stall);
        long start = System.nanoTime();
        assertThatThrownBy(() -> images.pull(TestImages.request(reference)))
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageStartingWith("RegistryUnavailable: ");
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(LIMIT.multipliedBy(8).dividedBy(10), LIMIT.plusSeconds(2));
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
        assertThat(images.pull(TestImages.request(reference)).id()).isEqualTo(image.id());
    }

    @Test
    void aSlowButSteadyTransferIsLetGoOn() {
        String reference = registry.push("app", "1", image);
        registry.script(
                "/blobs/" + layer.blob().digest(),
                (_, right, wire) -> {
                    wire.head(right, right.body().length);
                    int step = right.body().length / 8 + 1;
                    for (int at = 0; at < right.body().length; at += step) {
                        int end = Math.min(at + step, right.body().length);
                        wire.write(java.util.Arrays.copyOfRange(right.body(), at, end));
                        wire.pause(Duration.ofMillis(500));
                    }
                });
        assertThat(images.pull(TestImages.request(reference)).id()).isEqualTo(image.id());
    }

    @Test
    void aSlowDiskIsNoRegistryWithoutProgress() {
        AtomicInteger slow = new AtomicInteger();
        FileCalls disk = FileCalls.linux();
        FileCalls delayed =
                (FileCalls)
                        Proxy.newProxyInstance(
                                FileCalls.class.getClassLoader(),
                                new Class<?>[] {FileCalls.class},
                                (_, method, arguments) -> {
                                    if (method.getName().equals("syncfs")) {
                                        slow.incrementAndGet();
                                        Thread.sleep(SLOW_SYNC);
                                    }
                                    try {
                                        return method.invoke(disk, arguments);
                                    } catch (InvocationTargetException e) {
                                        throw e.getCause();
                                    }
                                });
        String reference = registry.push("app", "1", image);
        try (LocalImages images =
                LocalImages.open(
                        TestImages.config(root.resolve("slow"), Duration.ofSeconds(1)),
                        new LocalImages.Ports(delayed, new DiskFiles()))) {
            images.pull(TestImages.request(reference));
        }
        assertThat(slow.get()).isPositive();
    }
}
