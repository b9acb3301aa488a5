package carafe.image.local;

import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import carafe.image.PullRequest;
import carafe.image.credential.NodeCredentials;
import carafe.image.download.DownloadLimits;
import carafe.image.pull.PullImage;
import carafe.image.registry.Proxies;
import carafe.image.registry.TransferLimits;
import carafe.image.snapshot.WritableLimit;
import carafe.image.unpack.UnpackLimits;
import carafe.linux.fs.FileCalls;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Image services in a test's directory, and what they left there. */
final class TestImages {
    static final Duration DEADLINE = Duration.ofSeconds(60);

    private TestImages() {}

    static LocalImages open(Path root) {
        return LocalImages.open(config(root, Duration.ofSeconds(20)));
    }

    static LocalImages open(Path root, DurableFiles files) {
        return LocalImages.open(
                config(root, Duration.ofSeconds(20)),
                new LocalImages.Ports(FileCalls.linux(), files));
    }

    static LocalImages open(Path root, Duration noProgress) {
        return LocalImages.open(
                config(root, noProgress),
                new LocalImages.Ports(FileCalls.linux(), new DiskFiles()));
    }

    /** One that keeps blobs after their layers were unpacked. */
    static LocalImages openKeeping(Path root) {
        return openKeeping(root, Duration.ofMillis(1));
    }

    /** As the other, where what nobody needs is kept that long after an outage. */
    static LocalImages openKeeping(Path root, Duration keepAfterOutage) {
        return LocalImages.open(
                config(
                        root,
                        Duration.ofSeconds(20),
                        new Keeping(true, keepAfterOutage),
                        WritableLimit.NONE));
    }

    /** Where containers may write that much. */
    static ImagesConfig limited(Path root, WritableLimit limit) {
        return config(
                root, Duration.ofSeconds(20), new Keeping(false, Duration.ofMillis(1)), limit);
    }

    /** What stays after it was used, or after an outage. */
    private record Keeping(boolean blobs, Duration afterOutage) {}

    static ImagesConfig config(Path root, Duration noProgress) {
        return config(
                root, noProgress, new Keeping(false, Duration.ofMillis(1)), WritableLimit.NONE);
    }

    private static ImagesConfig config(
            Path root, Duration noProgress, Keeping keeping, WritableLimit writable) {
        TransferLimits transfer =
                new TransferLimits(
                        Duration.ofSeconds(5),
                        noProgress,
                        5,
                        Duration.ofMillis(10),
                        Duration.ofMillis(50));
        UnpackLimits usual = UnpackLimits.standard();
        UnpackLimits unpack =
                new UnpackLimits(
                        usual.layerBytes(),
                        usual.imageBytes(),
                        usual.layerEntries(),
                        usual.ratio(),
                        usual.ratioFloorBytes(),
                        1 << 20,
                        100);
        return new ImagesConfig(
                root,
                root.resolve("certs.d"),
                root.resolve("signatures.toml"),
                Set.of(),
                NodeCredentials.NONE,
                Proxies.NONE,
                3,
                keeping.blobs(),
                Set.of(),
                transfer,
                new DownloadLimits(8, 4, 8L << 20, 1 << 20, Duration.ofDays(1), 1 << 20),
                new PullImage.Limits(Duration.ofMinutes(5), keeping.afterOutage()),
                unpack,
                writable);
    }

    static PullRequest request(String reference) {
        return new PullRequest(reference, Optional.empty(), DEADLINE);
    }

    static PullRequest request(String reference, Duration deadline) {
        return new PullRequest(reference, Optional.empty(), deadline);
    }

    /** A layer with one file of incompressible content, different for every seed. */
    static TestLayer layer(int seed, int bytes) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return TestLayer.gzip(
                new TarBuilder()
                        .dir("layer-" + seed)
                        .file("layer-" + seed + "/noise", noise, TarBuilder.Attributes.mode(0644))
                        .build());
    }

    /**
     * What is below the root, without the space that is held back and empty directories of ours.
     */
    static List<String> leftovers(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> !path.equals(root))
                    .map(path -> root.relativize(path).toString())
                    .filter(path ->
                            !Set.of(
                                            "images",
                                            "images/ingest",
                                            "images/kept",
                                            "images/partial",
                                            "images/records",
                                            "images/signatures",
                                            "images/blobs",
                                            "images/blobs/sha256",
                                            "images/ballast",
                                            "layers",
                                            "snapshots")
                                    .contains(path))
                    .sorted()
                    .toList();
        }
    }

    /** Deletes a directory with everything in it, as a clumsy administrator would. */
    static void deleteTree(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** Waits until what is freed in the background is gone. */
    static List<String> leftoversAtLast(Path root) throws Exception {
        return leftoversAtLast(root, _ -> true);
    }

    private static List<String> leftoversAtLast(Path root, Predicate<String> counts)
            throws Exception {
        for (int i = 0; i < 500; i++) {
            try {
                if (leftovers(root).stream().noneMatch(counts)) {
                    return List.of();
                }
            } catch (UncheckedIOException e) {
                // something was deleted while it was looked at
            }
            Thread.sleep(10);
        }
        return leftovers(root).stream().filter(counts).toList();
    }

    /** As {@link #leftoversAtLast}, where blobs wait for the next try. */
    static List<String> leftoversBesidePartialBlobs(Path root) throws Exception {
        return leftoversAtLast(root, path -> !isPartial(path));
    }

    private static boolean isPartial(String path) {
        return path.startsWith("images/partial/");
    }
}
