package carafe.shim.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The bytes of every released version. A line of these files is never changed, only added. */
class GoldenBytesTest {
    private static Map<String, String> golden(String file) throws IOException {
        Map<String, String> lines = new TreeMap<>();
        try (InputStream in =
                Objects.requireNonNull(GoldenBytesTest.class.getResourceAsStream(file), file)) {
            new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", 2))
                    .forEach(parts -> lines.put(parts[0], parts[1]));
        }
        return lines;
    }

    @Test
    void versionOneIsWrittenAsReleased() throws IOException, WireException {
        Map<String, String> written = new TreeMap<>();
        for (Map.Entry<String, Message> sample : Samples.all().entrySet()) {
            byte[] frame = Codec.encode(sample.getValue());
            written.put(sample.getKey(), HexFormat.of().formatHex(frame));
        }
        assertThat(written).isEqualTo(golden("golden-v1.txt"));
    }

    @Test
    void versionOneIsReadAsReleased() throws IOException, WireException {
        for (Map.Entry<String, String> line : golden("golden-v1.txt").entrySet()) {
            byte[] frame = HexFormat.of().parseHex(line.getValue());
            byte[] body = Arrays.copyOfRange(frame, Frames.PREFIX_BYTES, frame.length);
            assertThat(Codec.decode(body))
                    .as(line.getKey())
                    .usingRecursiveComparison()
                    .isEqualTo(Samples.all().get(line.getKey()));
        }
    }

    @Test
    void theBytesOfAnOutputStartWhereItSays() throws WireException {
        byte[] frame = Codec.encode(new Reply.Output(Reply.Stream.STDERR, new byte[] {42}));

        assertThat(frame[Frames.OUTPUT_BYTES_OFFSET]).isEqualTo((byte) 42);
        assertThat(frame).hasSize(Frames.OUTPUT_BYTES_OFFSET + 1);
    }
}
