package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.Answer;
import carafe.testkit.registry.Received;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pull that was broken off is gone on with, by whoever comes next. */
final class PullResumeIT {
    private static final int HERE = 3 << 20;

    @TempDir private Path dir;
    private final TestLayer layer = TestImages.layer(1, 6 << 20);
    private final TestImage image = TestImage.oci("{}", layer);
    private ScriptedRegistry registry;
    private String reference;

    @BeforeEach
    void start() throws IOException {
        registry = ScriptedRegistry.start();
        reference = registry.push("big", "1", image);
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    /** A daemon whose pull stalls in the middle and meets its caller's deadline. */
    private void breakOff() throws Exception {
        registry.script(layer.blob().digest(), Answer.stallAfter(HERE));
        try (LocalImages images = TestImages.open(dir)) {
            assertThatThrownBy(
                            () -> images.pull(TestImages.request(reference, Duration.ofSeconds(3))))
                    .isInstanceOf(CarafeException.Deadline.class);
            assertThat(TestImages.leftoversBesidePartialBlobs(dir)).isEmpty();
        }
    }

    private Path partial() throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve("images/partial"))) {
            return files.filter(path -> !path.toString().endsWith(".map"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void theNextDaemonFetchesTheRestOnly() throws Exception {
        breakOff();
        try (LocalImages images = TestImages.open(dir)) {
            Image pulled = images.pull(TestImages.request(reference));
            assertThat(pulled.id()).isEqualTo(image.id());
            List<Received> requests = registry.received(layer.blob().digest());
            assertThat(requests).hasSize(2);
            String range = requests.getLast().header("range");
            long from = Long.parseLong(range.replaceAll("\\D", ""));
            assertThat(from).as("at most a chunk again").isBetween(HERE - (1L << 20), (long) HERE);
            images.remove(pulled.id());
            assertThat(TestImages.leftoversAtLast(dir)).isEmpty();
        }
    }

    @Test
    void damagedPartsAreFoundAndFetchedAnew() throws Exception {
        breakOff();
        try (RandomAccessFile file = new RandomAccessFile(partial().toFile(), "rw")) {
            file.seek(1_000_000);
            file.write(new byte[4096]); // as after a power cut
        }
        try (LocalImages images = TestImages.open(dir)) {
            assertThat(images.pull(TestImages.request(reference)).id()).isEqualTo(image.id());
            List<Received> requests = registry.received(layer.blob().digest());
            assertThat(requests.getLast().header("range")).as("all of it").isEmpty();
        }
    }

    @Test
    void aBlobThatTwoImagesShareOnDifferentLayersIsFetchedOnce() throws Exception {
        TestImage one = TestImage.oci("{}", TestImages.layer(2, 1000), layer);
        TestImage two = TestImage.oci("{}", TestImages.layer(3, 1000), layer);
        String first = registry.push("one", "1", one);
        String second = registry.push("two", "1", two);
        registry.script(layer.blob().digest(), Answer.late(Duration.ofSeconds(1)));
        try (LocalImages images = TestImages.open(dir)) {
            Thread other = Thread.ofVirtual().start(() -> images.pull(TestImages.request(second)));
            assertThat(images.pull(TestImages.request(first)).id()).isEqualTo(one.id());
            other.join();
            assertThat(images.list()).hasSize(2);
            assertThat(registry.received(layer.blob().digest())).hasSize(1);
        }
    }

    /** What a registry may do with a request for the rest. */
    private Map<String, Answer> behaviours() {
        byte[] all = layer.blob().content();
        byte[] rest = Arrays.copyOfRange(all, HERE, all.length);
        byte[] wrong = rest.clone();
        wrong[0] ^= 1;
        String right = "bytes %d-%d/%d".formatted(HERE, all.length - 1, all.length);
        Map<String, Answer> behaviours = new LinkedHashMap<>();
        behaviours.put("all of it, status 200", Answer.whole(all));
        behaviours.put("only the rest, status 200", Answer.whole(rest));
        behaviours.put(
                "another range",
                Answer.range("bytes 0-%d/%d".formatted(rest.length - 1, all.length), rest));
        behaviours.put("no range", Answer.range("", rest));
        behaviours.put("the range, all bytes", Answer.range(right, all));
        behaviours.put("the range, fewer bytes", Answer.range(right, Arrays.copyOf(rest, 1000)));
        behaviours.put("the range, wrong bytes", Answer.range(right, wrong));
        behaviours.put("not satisfiable", Answer.status(416));
        return behaviours;
    }

    @Test
    void noLieAboutRangesBecomesAnImage() throws Exception {
        for (Map.Entry<String, Answer> behaviour : behaviours().entrySet()) {
            breakOff();
            registry.script(layer.blob().digest(), behaviour.getValue());
            try (LocalImages images = TestImages.open(dir)) {
                Image pulled = images.pull(TestImages.request(reference));
                assertThat(pulled.id()).as(behaviour.getKey()).isEqualTo(image.id());
                assertThat(images.prepare(pulled.id(), "c").lowerTopFirst().getFirst())
                        .as(behaviour.getKey())
                        .satisfies(
                                top -> assertThat(top.resolve("layer-1/noise")).hasSize(6 << 20));
                images.release("c");
                images.remove(pulled.id());
                assertThat(TestImages.leftoversAtLast(dir)).as(behaviour.getKey()).isEmpty();
            }
        }
    }
}
