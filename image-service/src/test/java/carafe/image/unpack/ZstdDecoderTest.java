package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ZstdDecoderTest {
    private static byte[] decode(byte[] blob) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[1000];
        try (ZstdDecoder decoder = new ZstdDecoder(new ByteArrayInputStream(blob))) {
            for (int n = decoder.read(buffer, 0, 1000); n >= 0; n = decoder.read(buffer, 0, 1000)) {
                out.write(buffer, 0, n);
            }
        }
        return out.toByteArray();
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return content;
    }

    @Test
    void decodesAllFrames() throws IOException {
        byte[] one = random(300_000);
        byte[] two = random(7);
        byte[] skippable = {0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9};

        byte[] blob = join(join(Zstd.compress(one), skippable), Zstd.compress(two));

        assertThat(decode(blob)).isEqualTo(join(one, two));
    }

    @Test
    void refusesEveryCut() {
        byte[] blob = Zstd.compress(random(100));
        for (int length = 0; length < blob.length; length++) {
            byte[] cut = Arrays.copyOf(blob, length);
            assertThatThrownBy(() -> decode(cut)).isInstanceOf(CarafeException.Invalid.class);
        }
    }

    @Test
    void refusesJunkBehindTheLastFrame() {
        byte[] blob = Zstd.compress(random(100));
        for (byte[] junk : new byte[][] {{0}, {1, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8}, new byte[99]}) {
            assertThatThrownBy(() -> decode(join(blob, junk)))
                    .isInstanceOf(CarafeException.Invalid.class);
        }
    }

    /** A frame of one raw byte that asks for a window of 2 to the power of this. */
    private static byte[] frame(int windowLog) {
        byte window = (byte) ((windowLog - 10) << 3);
        return new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, window, 9, 0, 0, 'x'};
    }

    @Test
    void refusesAWindowAbove128MiB() throws IOException {
        assertThat(decode(frame(27))).containsExactly('x');
        for (int windowLog = 28; windowLog < 41; windowLog++) {
            byte[] blob = frame(windowLog);
            assertThatThrownBy(() -> decode(blob))
                    .isInstanceOf(CarafeException.Invalid.class)
                    .hasMessageContaining("zstd");
        }
    }
}
