package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import carafe.proto.cri.ListImagesRequest;
import carafe.testkit.census.Census;
import carafe.testkit.client.CriClient;
import carafe.testkit.client.Kubelet;
import carafe.testkit.daemon.DaemonUnderTest;
import carafe.testkit.daemon.Instance;
import carafe.testkit.daemon.Sweep;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The data root is a small file system without room for the image. */
@Timeout(90)
final class FullDiskIT {
    private static final long DISK_BYTES = 400 << 20;

    /** Carafe leaves 256 MiB free for containers; beyond that the small image fits, no more. */
    private static final long FREE_BYTES = (256 + 6) << 20;

    private static @Nullable Images images;

    @RegisterExtension
    static final BeforeAllCallback registry = context -> images = Images.of(context);

    private @Nullable Instance instance;
    private @Nullable DaemonUnderTest daemon;

    @BeforeEach
    void startOnASmallDisk() throws IOException, InterruptedException {
        Instance fresh = Instance.create();
        instance = fresh;
        Path disk = fresh.dir().resolve("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(DISK_BYTES);
        }
        run("mkfs.ext4", "-q", "-F", disk.toString());
        Files.createDirectories(fresh.root());
        run("mount", "-o", "loop", disk.toString(), fresh.root().toString());
        DaemonUnderTest started = new DaemonUnderTest(fresh, List.of());
        daemon = started;
        started.start();
    }

    @AfterEach
    void takeAway() throws IOException, InterruptedException {
        DaemonUnderTest started = daemon;
        if (started != null) {
            started.close();
        }
        Instance fresh = instance;
        if (fresh != null) {
            new Sweep(fresh).run();
        }
    }

    @Test
    void aPullThatDoesNotFitSaysSoAndGivesTheSpaceBack() throws IOException, InterruptedException {
        Instance here = Objects.requireNonNull(instance);
        DaemonUnderTest running = Objects.requireNonNull(daemon);
        Images pushed = Objects.requireNonNull(images);
        try (CriClient client = new CriClient(here.socket())) {
            Kubelet kubelet = new Kubelet(client);
            fillUp(here.root());
            String kept = kubelet.pull(pushed.small());
            Census before = Census.take(here.scope().except(Set.of(running.pid())));
            long usedBefore = used(here.root());

            StatusRuntimeException error =
                    catchThrowableOfType(
                            StatusRuntimeException.class, () -> kubelet.pull(pushed.tools()));

            assertThat(error).isNotNull();
            assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(error)
                    .hasMessageMatching("(?s).*(No space left on device|must stay free).*");
            assertThat(
                            Census.leftOver(
                                    here.scope().except(Set.of(running.pid())),
                                    before,
                                    Duration.ofSeconds(5)))
                    .isEmpty();
            assertThat(used(here.root())).isCloseTo(usedBefore, within64KiB());
            assertThat(images(client)).isEqualTo(1);
            assertThat(kubelet.pull(pushed.small())).isEqualTo(kept);
        }
    }

    private static void fillUp(Path root) throws IOException, InterruptedException {
        long excess = root.toFile().getUsableSpace() - FREE_BYTES;
        assertThat(excess).isPositive();
        run("fallocate", "-l", Long.toString(excess), root.resolve("ballast").toString());
    }

    private static int images(CriClient client) {
        return client.images().listImages(ListImagesRequest.getDefaultInstance()).getImagesCount();
    }

    private static Offset<Long> within64KiB() {
        return Offset.offset(64L << 10);
    }

    private static long used(Path root) {
        return root.toFile().getTotalSpace() - root.toFile().getFreeSpace();
    }

    private static void run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }
}
