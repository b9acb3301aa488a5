package carafe.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.WireException;
import carafe.testkit.fuzz.Fuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** F11: what shim and daemon say to each other; there is one way only to write a message. */
class ShimWireFuzzTest {
    private static final Path GOLDEN =
            Path.of("../shim-wire/src/test/resources/carafe/shim/wire/golden-v1.txt");

    @Test
    void shimWire() throws IOException {
        Fuzz fuzz = new Fuzz("shim-wire", ShimWireFuzzTest::decode).maxAllocated(16 << 20);
        for (String line : Files.readAllLines(GOLDEN)) {
            if (!line.startsWith("#")) {
                byte[] frame = HexFormat.of().parseHex(line.split(" ", 2)[1]);
                fuzz.seed(Arrays.copyOfRange(frame, Frames.PREFIX_BYTES, frame.length));
            }
        }
        fuzz.run();
    }

    private static Object decode(byte[] input) throws WireException {
        carafe.shim.wire.Message message;
        try {
            message = Codec.decode(input);
        } catch (WireException e) {
            return String.valueOf(e.getMessage()).replaceAll("[0-9]+", "");
        }
        byte[] again = Codec.encode(message);
        assertThat(Arrays.copyOfRange(again, Frames.PREFIX_BYTES, again.length)).isEqualTo(input);
        return message.getClass();
    }
}
