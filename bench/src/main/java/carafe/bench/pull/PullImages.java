package carafe.bench.pull;

import carafe.testkit.debian.DockerRegistry;
import carafe.testkit.image.OciLayout;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The images that are pulled, made of this machine's own programs and data, in a registry on
 * loopback. Kept in a directory, so that a second run has the same bytes.
 */
record PullImages(DockerRegistry registry) implements AutoCloseable {
    private static final int MIB = 1 << 20;
    private static final int MANY_LAYERS = 60;
    private static final int BIG_MIB = 500;

    /** What a pull of each kind is like. */
    enum Kind {
        MANY("60 gzip layers of 8 MiB", 1 / 1.5),
        BIG("one gzip layer of 500 MiB", 1 / 1.5),
        ZSTD("8 zstd layers of 100 MiB", 1 / 2.0),
        /** Pulled by both before the clock starts. */
        WARM("one gzip layer of 1 MiB", 1);

        private final String words;
        private final double greatestRatio;

        Kind(String words, double greatestRatio) {
            this.words = words;
            this.greatestRatio = greatestRatio;
        }

        String words() {
            return words;
        }

        /** Of Carafe's time to containerd's, to be as fast as wanted. */
        double greatestRatio() {
            return greatestRatio;
        }
    }

    static PullImages open(Path dir) throws IOException, InterruptedException {
        Path data = Files.createDirectories(dir.resolve("registry"));
        DockerRegistry registry = DockerRegistry.start(data);
        PullImages images = new PullImages(registry);
        Path done = dir.resolve("done");
        if (!Files.exists(done)) {
            for (Kind kind : Kind.values()) {
                images.push(dir, kind);
            }
            Files.createFile(done);
        }
        return images;
    }

    String reference(Kind kind) {
        return registry.reference(name(kind));
    }

    private static String name(Kind kind) {
        return "bench/pull-" + kind.name().toLowerCase(Locale.ROOT) + ":1";
    }

    private void push(Path dir, Kind kind) throws IOException, InterruptedException {
        try (Stream<Path> walked = Files.walk(Path.of("/usr"))) {
            Iterator<Path> files =
                    walked.filter(Files::isRegularFile)
                            .filter(path -> !Files.isSymbolicLink(path) && Files.isReadable(path))
                            .iterator();
            TestImage image =
                    switch (kind) {
                        case MANY -> image(files, MANY_LAYERS, 8, TestLayer::gzip);
                        case BIG -> image(files, 1, BIG_MIB, TestLayer::gzip);
                        case ZSTD -> image(files, 8, 100, TestLayer::zstd);
                        case WARM -> image(files, 1, 1, TestLayer::gzip);
                    };
            Path layout = dir.resolve("layout");
            new OciLayout()
                    .add(image, ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"1\"}")
                    .writeTo(layout);
            registry.push(layout + ":1", name(kind));
            FreshDisk.Run.command("rm", "-r", layout.toString());
        }
    }

    private static TestImage image(
            Iterator<Path> files, int count, int mib, Function<byte[], TestLayer> compressed)
            throws IOException {
        List<TestLayer> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            layers.add(compressed.apply(tar(files, "layer-" + i, mib)));
        }
        return TestImage.oci("{}", layers.toArray(TestLayer[]::new));
    }

    /** Files one after the other, none longer than 64 MiB, until there is enough. */
    private static byte[] tar(Iterator<Path> files, String dir, int mib) throws IOException {
        TarBuilder tar = new TarBuilder().dir(dir);
        long bytes = 0;
        int number = 0;
        while (bytes < (long) mib * MIB) {
            Path file = files.next();
            long size = Files.size(file);
            if (size > Math.min(64, mib) * (long) MIB) {
                continue;
            }
            tar.file(
                    "%s/%d".formatted(dir, number++),
                    Files.readAllBytes(file),
                    TarBuilder.Attributes.mode(0644));
            bytes += size;
        }
        return tar.build();
    }

    @Override
    public void close() {
        registry.close();
    }
}
