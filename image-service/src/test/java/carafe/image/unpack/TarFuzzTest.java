package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.testkit.fuzz.Fuzz;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.junit.jupiter.api.Test;

/** F01, F02: tar headers with their extensions, and the frames of gzip. */
class TarFuzzTest {
    private static final long MAX_UNPACKED = 8 << 20;

    @Test
    void tar() throws Exception {
        new Fuzz("tar", TarFuzzTest::read)
                .seed(new TarBuilder().file("a", "x".repeat(1500)).file("b", "yy").build())
                .seed(new TarBuilder().file("d/" + "n".repeat(90), "").build())
                .seed(fixed(new TarBuilder().file("checksum", "kept right").build()))
                .words("ustar\00000", "ustar  \0", "12 path=a/b\n", "19 SCHILY.xattr.a=b\n")
                .words("GNU.sparse.major=1\n", "../../x", "0000777\0", "\200\0\0\0\0\0\0\7")
                .maxBytes(20 << 10)
                .run();
    }

    /** Seeds are repaired before each run, or every change would end at the checksum. */
    private static byte[] fixed(byte[] tar) {
        byte[] right = tar.clone();
        for (int at = 0; at + 512 <= right.length; at += 512) {
            int sum = 0;
            for (int i = 0; i < 512; i++) {
                sum += i >= 148 && i < 156 ? ' ' : right[at + i] & 0xff;
            }
            boolean header = right[at + 257] == 'u' && right[at + 258] == 's';
            if (header) {
                byte[] text =
                        "%06o\0 "
                                .formatted(sum)
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                System.arraycopy(text, 0, right, at + 148, text.length);
            }
        }
        return right;
    }

    private static Object read(byte[] input) throws Exception {
        byte[] tar = fixed(input);
        int[] at = {0};
        int piece = 300 + input.length % 700;
        TarReader reader =
                new TarReader(
                        new TarInput(() -> {
                            if (at[0] == tar.length) {
                                return null;
                            }
                            Chunk chunk =
                                    new Chunk(new byte[Chunk.BYTES], new ArrayBlockingQueue<>(1));
                            chunk.length = Math.min(piece, tar.length - at[0]);
                            System.arraycopy(tar, at[0], chunk.data, 0, chunk.length);
                            at[0] += chunk.length;
                            return chunk;
                        }));
        List<Object> seen = new ArrayList<>();
        try {
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                assertThat(entry.size()).isNotNegative();
                assertThat(entry.uid()).isBetween(0L, 4294967294L);
                assertThat(entry.gid()).isBetween(0L, 4294967294L);
                assertThat(entry.mode()).isBetween(0, 07777);
                seen.add(entry.type());
            }
        } catch (CarafeException.Invalid e) {
            seen.add(String.valueOf(e.getMessage()).replaceAll("[0-9]+|\".*", ""));
        }
        return seen;
    }

    @Test
    void gzip() throws Exception {
        byte[] one =
                Layers.gzip(
                        "hello hello hello hello"
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        byte[] two = new byte[2 * one.length];
        System.arraycopy(one, 0, two, 0, one.length);
        System.arraycopy(one, 0, two, one.length, one.length);
        new Fuzz("gzip", TarFuzzTest::decode)
                .seed(one)
                .seed(two)
                .words("\037\213\010", "\010\000name\0")
                .run();
    }

    private static Object decode(byte[] input) {
        ByteArrayInputStream blob = new ByteArrayInputStream(input);
        byte[] buffer = new byte[8192];
        long all = 0;
        try (GzipDecoder decoder = new GzipDecoder(blob, Decoders.jdk().inflation())) {
            int n = decoder.read(buffer, 0, buffer.length);
            while (n >= 0 && all < MAX_UNPACKED) {
                assertThat(n).as("progress").isPositive();
                all += n;
                n = decoder.read(buffer, 0, buffer.length);
            }
            if (n < 0) {
                assertThat(blob.available()).as("accepted means consumed").isZero();
            }
            return Long.highestOneBit(all);
        } catch (CarafeException.Invalid | IOException e) {
            return String.valueOf(e.getMessage()).replaceAll("[0-9]+|\".*", "");
        }
    }
}
