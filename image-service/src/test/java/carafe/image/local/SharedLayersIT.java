package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.DiskFiles;
import carafe.base.trace.Trace;
import carafe.image.Image;
import carafe.image.PullMeter;
import carafe.image.snapshot.Snapshot;
import carafe.image.unpack.ChainIds;
import carafe.linux.fs.FileCalls;
import carafe.linux.quota.QuotaCalls;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TarBuilder.Attributes;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.Answer;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two images that have one layer at different places of their stacks. */
final class SharedLayersIT {
    private static final int KILLS = 5;

    @TempDir private Path root;
    private final TestLayer shared = TestImages.layer(1, 400_000);
    private final TestImage one = TestImage.oci("{}", base(1), shared);
    private final TestImage two = TestImage.oci("{}", base(2), TestImages.layer(4, 1000), shared);
    private final AtomicInteger unpacked = new AtomicInteger();
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private ScriptedRegistry registry;
    private LocalImages images;

    /** What {@code carafe_pull_stage_seconds_count{stage="unpack"}} shows. */
    private final PullMeter meter =
            new PullMeter() {
                @Override
                public void stage(
                        Stage stage,
                        String registry,
                        OptionalLong bytes,
                        long nanos,
                        Optional<Trace> trace) {
                    if (stage == Stage.UNPACK) {
                        unpacked.incrementAndGet();
                    }
                }
            };

    /** Its root and its directory "in" are different for every seed. */
    private static TestLayer base(int seed) {
        return TestLayer.plain(
                new TarBuilder()
                        .entry("./", '5', "", new Attributes(0700 + seed, seed, seed, seed))
                        .entry("in/", '5', "", new Attributes(0710 + seed, seed, seed, seed))
                        .file("in/base", "base " + seed)
                        .file("gone", "gone")
                        .build());
    }

    /** It implies a directory, links into the layer below and removes something there. */
    private static TestLayer dependent() {
        byte[] noise = new byte[400_000];
        new Random(9).nextBytes(noise);
        return TestLayer.gzip(
                new TarBuilder()
                        .file("in/own", noise, Attributes.mode(0644))
                        .hardlink("link", "in/base")
                        .whiteout("gone")
                        .build());
    }

    @BeforeEach
    void start() throws IOException {
        registry = ScriptedRegistry.start();
        images = open();
    }

    private LocalImages open() {
        return LocalImages.open(
                TestImages.config(root, Duration.ofSeconds(20)),
                new LocalImages.Ports(
                        FileCalls.linux(), new DiskFiles(), meter, QuotaCalls.linux()));
    }

    @AfterEach
    void stop() throws IOException {
        callers.shutdownNow();
        images.close();
        registry.close();
    }

    private int requests(TestLayer layer) {
        return registry.received("/blobs/" + layer.blob().digest()).size();
    }

    private void pullAtOnce(String... references) throws Exception {
        List<Callable<Image>> pulls =
                Stream.of(references)
                        .<Callable<Image>>map(each -> () -> images.pull(TestImages.request(each)))
                        .toList();
        for (Future<Image> pulled : callers.invokeAll(pulls)) {
            pulled.get();
        }
    }

    private List<Path> directories() throws IOException {
        try (Stream<Path> found = Files.list(root.resolve("layers"))) {
            return found.toList();
        }
    }

    private void expectRight(TestImage image, int seed) throws IOException {
        Snapshot snapshot = images.prepare(image.id(), "c" + seed);
        assertThat(snapshot.lowerTopFirst().getFirst().resolve("layer-1/noise")).hasSize(400_000);
        assertThat(snapshot.lowerTopFirst().getLast().resolve("in/base"))
                .hasContent("base " + seed);
        assertThat(Files.getAttribute(snapshot.upper(), "unix:uid")).isEqualTo(seed);
        assertThat(Files.getPosixFilePermissions(snapshot.upper()))
                .isEqualTo(PosixFilePermissions.fromString(seed == 1 ? "rwx-----x" : "rwx----w-"));
        images.release("c" + seed);
    }

    private void expectOneForBoth(String first, String second) throws Exception {
        assertThat(requests(shared)).isEqualTo(1);
        assertThat(unpacked).as("bases, one's own layer, the shared one").hasValue(4);
        assertThat(directories()).hasSize(4);
        expectRight(one, 1);
        expectRight(two, 2);
        long both = images.usage().images().usedBytes();

        images.remove(first);
        assertThat(images.usage().images().usedBytes())
                .as("the shared layer still counts, once")
                .isBetween(400_000L, both - 1);
        assertThat(images.verify(Optional.empty()).damages()).isEmpty();
        expectRight(two, 2);
        assertThat(directories()).hasSize(3);

        images.remove(second);
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
    }

    @Test
    void pulledAtOnceItComesOnceAndIsUnpackedOnce() throws Exception {
        String first = registry.push("one", "1", one);
        String second = registry.push("two", "1", two);
        registry.script(shared.blob().digest(), Answer.late(Duration.ofMillis(500)));
        pullAtOnce(first, second);
        expectOneForBoth(first, second);
    }

    @Test
    void pulledOneAfterTheOtherTooAlsoByTheNextDaemon() throws Exception {
        String first = registry.push("one", "1", one);
        String second = registry.push("two", "1", two);
        pullAtOnce(first);
        images.close();
        images = open();
        pullAtOnce(second);
        expectOneForBoth(first, second);
    }

    @Test
    void aContainerKeepsItWhenBothImagesAreGone() throws Exception {
        String first = registry.push("one", "1", one);
        String second = registry.push("two", "1", two);
        pullAtOnce(first, second);
        Snapshot snapshot = images.prepare(one.id(), "c");
        images.remove(first);
        images.remove(second);
        assertThat(snapshot.lowerTopFirst()).hasSize(2).allSatisfy(p -> assertThat(p).exists());
        images.release("c");
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
    }

    @Test
    void oneThatLooksBelowComesOnceAndIsUnpackedForEach() throws Exception {
        TestLayer layer = dependent();
        TestImage third = TestImage.oci("{}", base(1), layer);
        TestImage fourth = TestImage.oci("{}", base(2), layer);
        String first = registry.push("one", "1", third);
        String second = registry.push("two", "1", fourth);
        registry.script(layer.blob().digest(), Answer.late(Duration.ofMillis(500)));
        pullAtOnce(first, second);

        assertThat(requests(layer)).isEqualTo(1);
        assertThat(unpacked).hasValue(4);
        for (int seed = 1; seed <= 2; seed++) {
            Snapshot snapshot = images.prepare((seed == 1 ? third : fourth).id(), "c" + seed);
            Path top = snapshot.lowerTopFirst().getFirst();
            assertThat(Files.getAttribute(top.resolve("in"), "unix:uid")).isEqualTo(seed);
            assertThat(top.resolve("link")).hasContent("base " + seed);
            assertThat(Files.getAttribute(snapshot.upper(), "unix:uid")).isEqualTo(seed);
            images.release("c" + seed);
        }
        assertThat(images.verify(Optional.empty()).damages()).isEmpty();
        images.remove(first);
        images.remove(second);
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
    }

    /** The same tree, but nobody has proven that this blob holds it. */
    @Test
    void anotherBlobOfTheSameTarIsFetchedAndUnpacked() throws Exception {
        TestLayer zstd = TestLayer.zstd(base(3).blob().content());
        TestImage plain = TestImage.oci("{}", base(1), base(3));
        TestImage packed = TestImage.oci("{}", base(2), zstd);
        String first = registry.push("plain", "1", plain);
        String second = registry.push("packed", "1", packed);
        pullAtOnce(first, second);
        assertThat(requests(zstd)).isEqualTo(1);
        assertThat(requests(base(3))).isEqualTo(1);
        assertThat(directories()).hasSize(4);
        images.remove(first);
        assertThat(images.verify(Optional.empty()).damages()).isEmpty();
        images.remove(second);
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
    }

    /** overlayfs refuses a directory that it has already. */
    @Test
    void anImageThatHasALayerTwiceStacksItOnce() throws Exception {
        TestLayer between =
                TestLayer.plain(new TarBuilder().file("layer-1", "a file instead").build());
        TestImage twice = TestImage.oci("{}", base(1), shared, between, shared);
        pullAtOnce(registry.push("twice", "1", twice));

        List<Path> stacked = images.prepare(twice.id(), "c").lowerTopFirst();
        assertThat(stacked).hasSize(3).doesNotHaveDuplicates();
        assertThat(stacked.getFirst().resolve("layer-1/noise")).hasSize(400_000);
        assertThat(stacked.get(1).resolve("layer-1")).hasContent("a file instead");
        assertThat(requests(shared)).isEqualTo(1);
        assertThat(images.verify(Optional.empty()).damages()).isEmpty();
    }

    /** The layers of an earlier version say nothing of what they depend on. */
    @Test
    void layersOfAnEarlierVersionWorkOnAndAreNotShared() throws Exception {
        String first = registry.push("one", "1", one);
        String second = registry.push("two", "1", two);
        pullAtOnce(first);
        images.close();
        asEarlier(images.find(first).orElseThrow());
        images = open();

        assertThat(images.verify(Optional.empty()).damages()).isEmpty();
        expectContent(one);
        pullAtOnce(first, second);
        assertThat(requests(shared)).as("unpacked anew, for all that come").isEqualTo(2);
        expectContent(one);
        expectRight(two, 2);
        // Its diff id is that of an earlier layer at the bottom.
        TestImage third = TestImage.oci("{}", TestImages.layer(5, 1000), base(1));
        String other = registry.push("three", "1", third);
        pullAtOnce(other);
        assertThat(images.prepare(third.id(), "c").lowerTopFirst()).hasSize(2);
        images.release("c");
        assertThat(images.verify(Optional.empty()).damages()).isEmpty();
        images.remove(first);
        images.remove(other);
        expectRight(two, 2);
        images.remove(second);
        assertThat(TestImages.leftoversAtLast(root)).isEmpty();
    }

    private void expectContent(TestImage image) {
        List<Path> stacked = images.prepare(image.id(), "old").lowerTopFirst();
        assertThat(stacked.getFirst().resolve("layer-1/noise")).hasSize(400_000);
        assertThat(stacked.getLast().resolve("in/base")).hasContent("base 1");
        images.release("old");
    }

    /** Every layer under its chain id. */
    private void asEarlier(Image image) throws IOException {
        String diffId = shared.diffId();
        String chainId = ChainIds.of(List.of(base(1).diffId(), diffId)).getLast();
        assertThat(image.chainIds()).endsWith(diffId);
        for (Path dir : directories()) {
            Path record = dir.resolve("layer");
            Files.writeString(
                    record,
                    Files.readString(record)
                            .replace("chain " + diffId, "chain " + chainId)
                            .replaceAll("blob \\S+\nindependent true\ninherits-root \\w+\n", ""));
        }
        try (Stream<Path> records = Files.list(root.resolve("images/records"))) {
            for (Path record : records.toList()) {
                Files.writeString(record, Files.readString(record).replace(diffId, chainId));
            }
        }
    }

    @Test
    void aDaemonKilledBetweenLeavesEachAbsentOrComplete() throws Exception {
        String first = registry.push("one", "1", one);
        String second = registry.push("two", "1", two);
        Random random = new Random(5);
        images.close();
        for (int round = 0; round < KILLS; round++) {
            Process puller = PullForEver.start(root, first, second);
            try {
                assertThat(puller.inputReader().readLine()).isEqualTo("pulling");
                Thread.sleep(random.nextInt(250));
            } finally {
                puller.destroyForcibly();
                assertThat(puller.waitFor(10, TimeUnit.SECONDS)).isTrue();
            }
            try (LocalImages opened = open()) {
                images = opened;
                assertThat(images.verify(Optional.empty()).damages()).isEmpty();
                pullAtOnce(first, second);
                expectRight(one, 1);
                expectRight(two, 2);
                images.remove(first);
                expectRight(two, 2);
                images.remove(second);
                assertThat(TestImages.leftoversAtLast(root)).isEmpty();
            }
        }
    }
}
