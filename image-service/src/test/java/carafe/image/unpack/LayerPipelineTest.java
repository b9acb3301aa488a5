package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LayerPipelineTest {
    private static final byte[] TAR = tar();

    private static byte[] tar() {
        byte[] content = new byte[700_000];
        new Random(5).nextBytes(content);
        return content;
    }

    private static LayerSource layer(Compression compression, byte[] blob, byte[] tar) {
        return Layers.of(compression, List.of(blob), List.of(tar)).getFirst();
    }

    private static long run(LayerSource layer, UnpackLimits limits) throws Exception {
        return run(layer.descriptor(), layer.fetch().open(), limits);
    }

    private static long run(LayerDescriptor layer, InputStream blob, UnpackLimits limits)
            throws Exception {
        Until until = Until.in("test", Duration.ofSeconds(10));
        try (LayerPipeline pipeline = new LayerPipeline(layer, blob, new Budget(limits), until)) {
            pipeline.start();
            long bytes = 0;
            for (Chunk c = pipeline.next(); c != null; c = pipeline.next()) {
                bytes += c.length;
            }
            pipeline.verify();
            return bytes;
        }
    }

    @Test
    void deliversAndVerifiesEveryCompression() throws Exception {
        assertThat(run(layer(Compression.NONE, TAR, TAR), Store.LIMITS)).isEqualTo(TAR.length);
        assertThat(run(layer(Compression.GZIP, Layers.gzip(TAR), TAR), Store.LIMITS))
                .isEqualTo(TAR.length);
        assertThat(run(layer(Compression.ZSTD, Zstd.compress(TAR), TAR), Store.LIMITS))
                .isEqualTo(TAR.length);
    }

    /** G07: the right blob under a wrong promise. */
    @Test
    void refusesAnotherTarThanPromised() {
        LayerSource wrong = layer(Compression.GZIP, Layers.gzip(TAR), new byte[1]);
        assertThatThrownBy(() -> run(wrong, Store.LIMITS))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("promises the tar");
    }

    @Test
    void refusesAnotherBlobThanPromised() {
        LayerDescriptor d = layer(Compression.NONE, TAR, TAR).descriptor();
        byte[] other = TAR.clone();
        other[TAR.length - 1]++;
        assertThatThrownBy(() -> run(d, new ByteArrayInputStream(other), Store.LIMITS))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("digest");
    }

    @Test
    void refusesAnotherSizeThanPromised() {
        LayerDescriptor d = layer(Compression.NONE, TAR, TAR).descriptor();
        byte[] longer = Arrays.copyOf(TAR, TAR.length + 1);
        byte[] shorter = Arrays.copyOf(TAR, TAR.length - 1);
        assertThatThrownBy(() -> run(d, new ByteArrayInputStream(longer), Store.LIMITS))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("longer");
        assertThatThrownBy(() -> run(d, new ByteArrayInputStream(shorter), Store.LIMITS))
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageContaining("ended after 699999 of 700000");
    }

    /** L09: the wrong compression, emptiness and noise end soon and leave no thread. */
    @Test
    void refusesWhatIsNotCompressedAsPromised() {
        for (Compression said : Compression.values()) {
            for (byte[] blob : new byte[][] {TAR, {}, Layers.gzip(TAR), Zstd.compress(TAR)}) {
                LayerSource layer = layer(said, blob, new byte[7]);
                assertThatThrownBy(() -> run(layer, Store.LIMITS))
                        .isInstanceOf(CarafeException.Invalid.class);
            }
        }
        assertThat(ownThreads()).isEmpty();
    }

    @Test
    void tellsAFailingSourceFromABadLayer() {
        LayerDescriptor d = layer(Compression.GZIP, Layers.gzip(TAR), TAR).descriptor();
        InputStream failing =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("connection reset");
                    }

                    @Override
                    public int read(byte[] into, int offset, int length) throws IOException {
                        return read();
                    }
                };
        assertThatThrownBy(() -> run(d, failing, Store.LIMITS))
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageContaining("connection reset");
    }

    @Test
    void refusesWhatExpandsTooFar() {
        byte[] zeros = new byte[5_000_000];
        UnpackLimits few = new UnpackLimits(4_000_000, 9_000_000, 10, 200, 1 << 30, 0, 0);
        UnpackLimits image = new UnpackLimits(9_000_000, 4_000_000, 10, 200, 1 << 30, 0, 0);
        UnpackLimits ratio = new UnpackLimits(9_000_000, 9_000_000, 10, 200, 1_000_000, 0, 0);
        LayerSource bomb = layer(Compression.GZIP, Layers.gzip(zeros), zeros);
        for (UnpackLimits limits : List.of(few, image, ratio)) {
            assertThatThrownBy(() -> run(bomb, limits))
                    .isInstanceOf(CarafeException.Exhausted.class);
        }
    }

    @Test
    void closingUnblocksAStuckSource() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        InputStream stuck =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        try {
                            closed.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        throw new IOException("closed");
                    }

                    @Override
                    public int read(byte[] into, int offset, int length) throws IOException {
                        return read();
                    }

                    @Override
                    public void close() {
                        closed.countDown();
                    }
                };
        LayerDescriptor d = layer(Compression.NONE, TAR, TAR).descriptor();
        Until until = Until.in("test", Duration.ofMillis(50));
        try (LayerPipeline pipeline =
                new LayerPipeline(d, stuck, new Budget(Store.LIMITS), until)) {
            pipeline.start();
            assertThatThrownBy(pipeline::next).isInstanceOf(CarafeException.Deadline.class);
        }
        assertThat(ownThreads()).isEmpty();
    }

    private static List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("decode ") || name.startsWith("hash "))
                .toList();
    }
}
