package carafe.image.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.reference.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DownloadsTest {
    private static final int MIB = 1 << 20;
    private static final Downloads.Trial FIRST = Downloads.Trial.FIRST;

    @TempDir private Path dir;
    @TempDir private Path keptDir;

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(bytes).nextBytes(noise);
        return noise;
    }

    private Downloads downloads(int connections, int perBlob, Duration keep) {
        return Downloads.open(
                dir,
                new DownloadLimits(connections, perBlob, 100L * MIB, 256 << 10, keep, 1),
                KeptBlobs.open(keptDir, false));
    }

    private Downloads downloads() {
        return downloads(8, 4, Duration.ofDays(1));
    }

    private static byte[] readAll(Downloads.Fetch fetch) throws IOException {
        try (InputStream in = fetch.open()) {
            return in.readAllBytes();
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> listed = Files.list(dir)) {
            return listed.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }

    @Test
    void whoHasNotOpenedABlobYetCanReadItWhenAnotherIsDone() throws Exception {
        byte[] blob = noise(MIB);
        FakeOrigin origin = new FakeOrigin(blob, 64 << 10);
        Downloads downloads = downloads();
        try (Downloads.Fetch late = downloads.begin(Digest.of(blob), MIB, origin, FIRST)) {
            try (Downloads.Fetch first = downloads.begin(Digest.of(blob), MIB, origin, FIRST)) {
                assertThat(readAll(first)).isEqualTo(blob);
                first.used();
            }
            assertThat(readAll(late)).isEqualTo(blob);
        }
        assertThat(files()).isEmpty();
        assertThat(origin.requests).containsExactly("0-");
    }

    private static void eventually(BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(5);
        }
    }

    /** Fetches until at least that much is there, then nobody wants it any more. */
    private static void fetchSome(Downloads downloads, byte[] blob, int bytes) throws Exception {
        FakeOrigin origin = new FakeOrigin(blob, 64 << 10).stallingAt(bytes);
        try (Downloads.Fetch fetch = downloads.begin(Digest.of(blob), blob.length, origin, FIRST)) {
            eventually(() -> fetch.bytes() >= bytes);
        }
        eventually(() -> origin.open.get() == 0 && downloads.connected() == 0);
    }

    @Test
    void oneTransferServesEverybodyAndUsedBlobsGo() throws Exception {
        byte[] blob = noise(3 * MIB);
        FakeOrigin origin = new FakeOrigin(blob, 64 << 10);
        Downloads downloads = downloads();
        List<CompletableFuture<byte[]>> readers = new ArrayList<>();
        List<Downloads.Fetch> fetches = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Downloads.Fetch fetch = downloads.begin(Digest.of(blob), blob.length, origin, FIRST);
            fetches.add(fetch);
            readers.add(
                    CompletableFuture.supplyAsync(() -> {
                        try {
                            return readAll(fetch);
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    }));
        }
        for (CompletableFuture<byte[]> reader : readers) {
            assertThat(reader.get(30, TimeUnit.SECONDS)).isEqualTo(blob);
        }
        assertThat(origin.requests).containsExactly("0-");
        fetches.getFirst().used();
        fetches.forEach(Downloads.Fetch::close);
        assertThat(files()).isEmpty();
        assertThat(downloads.connected()).isZero();
    }

    @Test
    void whatCameIsContinuedByTheNextDaemon() throws Exception {
        byte[] blob = noise(3 * MIB);
        fetchSome(downloads(), blob, 2 * MIB + 1000);
        FakeOrigin rest = new FakeOrigin(blob, 64 << 10);
        try (Downloads.Fetch fetch = downloads().begin(Digest.of(blob), blob.length, rest, FIRST)) {
            assertThat(readAll(fetch)).isEqualTo(blob);
        }
        int from = Integer.parseInt(rest.requests.getFirst().replace("-", ""));
        assertThat(from).isGreaterThanOrEqualTo(2 * MIB + 1000);
        assertThat(rest.requests).hasSize(1);
    }

    @Test
    void whatPartialBlobsTakeIsToldUntilTheyAreUsed() throws Exception {
        byte[] blob = noise(3 * MIB);
        fetchSome(downloads(), blob, 2 * MIB);
        Downloads next = downloads();
        assertThat(next.kept().bytes()).isGreaterThanOrEqualTo(2 * MIB);
        assertThat(next.kept().files()).isEqualTo(2);

        try (Downloads.Fetch fetch =
                next.begin(Digest.of(blob), blob.length, new FakeOrigin(blob, 64 << 10), FIRST)) {
            assertThat(readAll(fetch)).isEqualTo(blob);
            fetch.used();
        }
        eventually(() -> next.kept().equals(new Downloads.Kept(0, 0)));
    }

    @Test
    void aMapThatCannotBeOfThisBlobIsNotBelieved() throws Exception {
        byte[] blob = noise(3 * MIB);
        fetchSome(downloads(), blob, 2 * MIB);
        Path file = dir.resolve(Digest.of(blob).toString().replace(':', '-'));
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), MIB + 5));
        FakeOrigin rest = new FakeOrigin(blob, 64 << 10);
        try (Downloads.Fetch fetch = downloads().begin(Digest.of(blob), blob.length, rest, FIRST)) {
            assertThat(readAll(fetch)).isEqualTo(blob);
        }
        assertThat(rest.requests).containsExactly(MIB + "-");
    }

    /** As after a full disk, when other blobs of the image are still being broken off. */
    @Test
    void whatIsGivenUpWhileItIsFetchedGoesWhenThatEnds() throws Exception {
        byte[] blob = noise(3 * MIB);
        Downloads downloads = downloads();
        FakeOrigin origin = new FakeOrigin(blob, 64 << 10).stallingAt(2 * MIB);
        try (Downloads.Fetch fetch = downloads.begin(Digest.of(blob), blob.length, origin, FIRST)) {
            eventually(() -> fetch.bytes() >= 2 * MIB);
            downloads.giveUp(Digest.of(blob));
            assertThat(files()).hasSize(2);
        }
        eventually(() -> origin.open.get() == 0 && downloads.connected() == 0);
        eventually(() -> Objects.requireNonNull(dir.toFile().list()).length == 0);
    }

    @Test
    void partialBlobsExpireAndSmallOnesAreNotKept() throws Exception {
        byte[] blob = noise(3 * MIB);
        fetchSome(downloads(), blob, 2 * MIB);
        assertThat(files()).hasSize(2);
        downloads(8, 4, Duration.ofDays(1));
        assertThat(files()).hasSize(2);
        Thread.sleep(5);
        downloads(8, 4, Duration.ZERO);
        assertThat(files()).isEmpty();
        fetchSome(downloads(), noise(100_000), 50_000);
        eventually(() -> Objects.requireNonNull(dir.toFile().list()).length == 0);
    }

    @Test
    void contentThatWasWrongIsFetchedAnew() throws Exception {
        byte[] blob = noise(2 * MIB);
        byte[] other = noise(2 * MIB + 1);
        Downloads downloads = downloads();
        Digest digest = Digest.of(blob);
        FakeOrigin wrong = new FakeOrigin(Arrays.copyOf(other, blob.length), 64 << 10);
        try (Downloads.Fetch first = downloads.begin(digest, blob.length, wrong, FIRST);
                InputStream still = first.open()) {
            assertThat(still.read()).isEqualTo(other[0] & 0xff);
            FakeOrigin right = new FakeOrigin(blob, 64 << 10);
            try (Downloads.Fetch again =
                    downloads.begin(digest, blob.length, right, Downloads.Trial.AGAIN)) {
                assertThat(readAll(again)).isEqualTo(blob);
                again.used();
            }
            assertThat(still.readAllBytes()).hasSize(blob.length - 1);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void aSlowConnectionGetsHelpUntilTheBlobsBoundAndTheNodes() throws Exception {
        byte[] blob = noise(6 * MIB);
        FakeOrigin origin = new FakeOrigin(blob, 16 << 10).slow(10);
        Downloads downloads = downloads(3, 4, Duration.ofDays(1));
        try (Downloads.Fetch fetch = downloads.begin(Digest.of(blob), blob.length, origin, FIRST)) {
            assertThat(readAll(fetch)).isEqualTo(blob);
        }
        assertThat(origin.mostOpen.get()).isBetween(2, 3);
        assertThat(origin.requests.getFirst()).isEqualTo("0-");
        assertThat(origin.requests).anyMatch(request -> request.matches("\\d+-\\d+"));
    }

    @Test
    void whereRangesAreRefusedOneConnectionDoesIt() throws Exception {
        byte[] blob = noise(3 * MIB);
        FakeOrigin origin = new FakeOrigin(blob, 16 << 10).slow(10).refusingRanges();
        Downloads downloads = downloads();
        try (Downloads.Fetch fetch = downloads.begin(Digest.of(blob), blob.length, origin, FIRST)) {
            assertThat(readAll(fetch)).isEqualTo(blob);
        }
        FakeOrigin never = new FakeOrigin(blob, 16 << 10).slow(5).withoutRanges();
        try (Downloads.Fetch fetch =
                downloads.begin(Digest.of(blob), blob.length, never, Downloads.Trial.AGAIN)) {
            assertThat(readAll(fetch)).isEqualTo(blob);
        }
        assertThat(never.requests).containsExactly("0-");
    }

    @Test
    void connectionsAreBoundedOverAllBlobs() throws Exception {
        Downloads downloads = downloads(2, 1, Duration.ofDays(1));
        List<FakeOrigin> origins = new ArrayList<>();
        List<Downloads.Fetch> fetches = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            byte[] blob = noise(MIB + i);
            FakeOrigin origin = new FakeOrigin(blob, 64 << 10).stallingAt(MIB);
            origins.add(origin);
            fetches.add(downloads.begin(Digest.of(blob), blob.length, origin, FIRST));
        }
        eventually(() -> downloads.connected() == 2 && downloads.waiting() == 3);
        assertThat(origins.stream().mapToInt(origin -> origin.open.get()).sum()).isEqualTo(2);
        fetches.forEach(Downloads.Fetch::close);
        eventually(() -> downloads.connected() == 0 && downloads.waiting() == 0);
    }

    @Test
    void aFailureReachesEveryReaderAndClosingEndsABlockedOne() throws Exception {
        byte[] blob = noise(2 * MIB);
        Downloads downloads = downloads();
        FakeOrigin failing = new FakeOrigin(blob, 64 << 10).failingAt(MIB);
        try (Downloads.Fetch fetch = downloads.begin(Digest.of(blob), blob.length, failing, FIRST);
                Downloads.Fetch second =
                        downloads.begin(Digest.of(blob), blob.length, failing, FIRST)) {
            assertThatThrownBy(() -> readAll(fetch)).hasMessageContaining("breaks for good");
            assertThatThrownBy(() -> readAll(second)).hasMessageContaining("breaks for good");
        }
        byte[] other = noise(2 * MIB + 7);
        FakeOrigin stuck = new FakeOrigin(other, 64 << 10).stallingAt(0);
        Downloads.Fetch fetch = downloads.begin(Digest.of(other), other.length, stuck, FIRST);
        InputStream in = fetch.open();
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        in.readAllBytes();
                    } catch (IOException e) {
                        ended.complete(e);
                    }
                });
        eventually(() -> stuck.open.get() == 1);
        in.close();
        assertThat(ended.get(10, TimeUnit.SECONDS)).hasMessageContaining("given up");
        fetch.close();
        eventually(() -> stuck.open.get() == 0);
    }

    @Test
    void aDiskWithoutRoomIsRefusedBeforeItIsFull() {
        byte[] blob = noise(10);
        assertThatThrownBy(() ->
                        downloads()
                                .begin(Digest.of(blob), 1L << 55, new FakeOrigin(blob, 1), FIRST))
                .isInstanceOf(CarafeException.Exhausted.class)
                .hasMessageContaining("are free");
    }
}
