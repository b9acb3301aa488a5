package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.fs.DirEntries;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.RootDir;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers that want too much: memory, disk, threads and time stay within their figures. */
class LayerSafetyIT {
    private static final long MIB = 1L << 20;
    private static final long HEAP = 64 * MIB;

    @TempDir Path dir;
    private Store store;

    @BeforeEach
    void open() {
        UnpackLimits limits =
                new UnpackLimits(
                        Store.LIMITS.layerBytes(),
                        Store.LIMITS.imageBytes(),
                        20_000,
                        Store.LIMITS.ratio(),
                        64 * MIB,
                        0,
                        0);
        store = new Store(dir.resolve("layers"), FileCalls.linux(), limits);
    }

    private static long heap() {
        System.gc();
        Runtime now = Runtime.getRuntime();
        return now.totalMemory() - now.freeMemory();
    }

    private static LayerSource source(Compression compression, long size, InputStream content) {
        String any = "sha256:" + "0".repeat(64);
        LayerDescriptor descriptor = new LayerDescriptor(compression, any, size, any, any);
        return new LayerSource() {
            @Override
            public LayerDescriptor descriptor() {
                return descriptor;
            }

            @Override
            public Fetch fetch() {
                return new Direct(() -> content);
            }
        };
    }

    private void expectAbort(LayerSource layer) throws Exception {
        long heapBefore = heap();
        long start = System.nanoTime();
        assertThatThrownBy(() -> store.unpack(List.of(layer)))
                .isInstanceOf(CarafeException.Exhausted.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
        assertThat(dir.resolve("layers")).isEmptyDirectory();
        assertThat(heap() - heapBefore).isLessThan(HEAP);
        assertThat(ownThreads()).isEmpty();
    }

    private static Set<String> ownThreads() throws InterruptedException {
        Set<String> own = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            own.clear();
            for (Thread each : Thread.getAllStackTraces().keySet()) {
                if (each.getName().matches("(unpack|hash|decode) .*")) {
                    own.add(each.getName());
                }
            }
            if (own.isEmpty()) {
                return own;
            }
            Thread.sleep(50);
        }
        return own;
    }

    /** L07: ten megabytes that say they are ten gigabytes of one file. */
    @Test
    void aGzipBombEndsEarlyAndLeavesNothing() throws Exception {
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(first)) {
            gzip.write(
                    new TarBuilder.Header('0', TarBuilder.bytes("zeros")).size(8L << 30).finish());
        }
        byte[] member = Layers.gzip(new byte[(int) (64 * MIB)]);
        InputStream blob = new ByteArrayInputStream(first.toByteArray());
        for (int i = 0; i < 160; i++) {
            blob = new SequenceInputStream(blob, new ByteArrayInputStream(member));
        }
        long size = first.size() + 160L * member.length;
        assertThat(size).isLessThan(11 * MIB);

        expectAbort(source(Compression.GZIP, size, blob));
    }

    /** L07: entries that cost nothing in the blob and an inode each on the disk. */
    @Test
    void millionsOfEmptyFilesEndEarlyAndLeaveNothing() throws Exception {
        TarBuilder tar = new TarBuilder();
        for (int i = 0; i < 21_000; i++) {
            tar.add(new TarBuilder.Header('0', TarBuilder.bytes("f" + i)), new byte[0]);
        }
        byte[] blob = tar.build();

        expectAbort(source(Compression.NONE, blob.length, new ByteArrayInputStream(blob)));
    }

    /** L09: what is no tar, or ends anywhere, ends the pull and nothing else. */
    @Test
    void brokenLayersEndAtOnceAndTheNextOneIsUnpacked() throws Exception {
        byte[] tar =
                new TarBuilder()
                        .dir("d/")
                        .file("d/a", "x".repeat(1500))
                        .symlink("d/l", "a")
                        .build();
        byte[] noise = new byte[5000];
        new Random(9).nextBytes(noise);
        int threads = Thread.activeCount();
        for (Compression compression : Compression.values()) {
            expectBroken(compression, noise);
            expectBroken(compression, new byte[0]);
        }
        expectBroken(Compression.GZIP, tar);
        expectBroken(Compression.ZSTD, Layers.gzip(tar));
        expectBroken(Compression.NONE, Layers.gzip(tar));
        for (int cut = 512; cut < tar.length; cut += 512) {
            expectBroken(Compression.GZIP, Arrays.copyOf(Layers.gzip(tar), 60 + cut / 64));
            expectBroken(Compression.NONE, Arrays.copyOf(tar, cut));
        }
        assertThat(ownThreads()).isEmpty();
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 2);
        assertThat(dir.resolve("layers")).isEmptyDirectory();
        assertThat(store.unpack(tar).getFirst().resolve("d/a")).hasContent("x".repeat(1500));
    }

    private void expectBroken(Compression compression, byte[] blob) {
        long start = System.nanoTime();
        LayerSource layer = source(compression, blob.length, new ByteArrayInputStream(blob));
        assertThatThrownBy(() -> store.unpack(List.of(layer)))
                .isInstanceOfAny(CarafeException.Invalid.class, CarafeException.Unavailable.class);
        // Far above what it takes, far below a deadline that a stuck pipeline would reach.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    /** L11: the store's directories are for root only, whatever a layer gives its root. */
    @Test
    void nobodyElseReadsLayers() throws Exception {
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path layer = store.unpack(new TarBuilder().dir("./").file("suid", "x").build()).getFirst();

        for (String look : List.of("ls " + dir.resolve("layers"), "cat " + layer + "/suid")) {
            Process other =
                    new ProcessBuilder(
                                    "setpriv", "--reuid=65534", "--clear-groups", "sh", "-c", look)
                            .redirectErrorStream(true)
                            .start();
            String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(other.waitFor()).as(said).isNotZero();
        }
    }

    /** L13: a name is bytes, every one of them but zero and the slash. */
    @Test
    void everyByteIsANameOfItsOwn() throws Exception {
        TarBuilder tar = new TarBuilder();
        Set<List<Byte>> expected = new HashSet<>();
        for (int b = 1; b < 256; b++) {
            if (b != '/') {
                byte[] name = {'n', (byte) b};
                expected.add(List.of(name[0], name[1]));
                tar.add(new TarBuilder.Header('0', name).size(1), new byte[] {(byte) b});
            }
        }

        Path layer = store.unpack(tar.build()).getFirst();

        Set<List<Byte>> found = new HashSet<>();
        try (RootDir root = RootDir.open(FileCalls.linux(), layer)) {
            DirEntries entries = new DirEntries(FileCalls.linux(), root.fd());
            for (var each = entries.next(); each != null; each = entries.next()) {
                found.add(List.of(each.name()[0], each.name()[1]));
                assertThat(each.name()).hasSize(2);
            }
        }
        assertThat(found).isEqualTo(expected).hasSize(254);
    }

    /** L15: an image of nothing is refused, and is never a directory of the node. */
    @Test
    void anImageWithoutLayersIsRefused() {
        assertThatThrownBy(() -> store.unpack(Collections.emptyList()))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("without layers");
    }
}
