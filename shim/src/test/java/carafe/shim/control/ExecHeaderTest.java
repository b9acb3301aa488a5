package carafe.shim.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.TestMemory;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExecHeaderTest {
    private final TestMemory memory = new TestMemory();

    private static Request.Exec exec(int timeout, int drain, boolean stdin, boolean terminal) {
        return new Request.Exec(
                "{\"a\":1}".getBytes(UTF_8),
                new byte[][] {"sh".getBytes(UTF_8), {}, "-c".getBytes(UTF_8)},
                new byte[][] {"A=b".getBytes(UTF_8)},
                "/tmp".getBytes(UTF_8),
                timeout,
                drain,
                stdin,
                terminal);
    }

    private Buffer body(Request.Exec exec) throws WireException {
        byte[] frame = Codec.encode(exec);
        Buffer body = memory.allocate(frame.length - Frames.PREFIX_BYTES);
        body.put(0, frame, Frames.PREFIX_BYTES, body.size());
        return body;
    }

    private ExecHeader header(Request.Exec exec) throws WireException {
        Buffer body = body(exec);
        return ExecHeader.of(body, body.size());
    }

    @Test
    void theWalkFindsWhatTheCodecWrote() throws WireException {
        assertThat(header(exec(1, 2, true, false))).isEqualTo(new ExecHeader(1, 2, true, false));
        assertThat(header(exec(Integer.MAX_VALUE, 0, false, true)))
                .isEqualTo(new ExecHeader(Integer.MAX_VALUE, 0, false, true));
        byte[][] none = {};
        byte[] empty = {};
        Request.Exec bare =
                new Request.Exec(empty, new byte[][] {{'x'}}, none, empty, 0, 7, false, false);
        assertThat(header(bare)).isEqualTo(new ExecHeader(0, 7, false, false));
    }

    @Test
    void everyTruncationIsRefused() throws WireException {
        Buffer body = body(exec(1, 2, true, true));
        for (int length = 2; length < body.size(); length++) {
            int cut = length;
            assertThatThrownBy(() -> ExecHeader.of(body, cut)).isInstanceOf(WireException.class);
        }
    }

    /** Whatever the bytes: a header or a refusal, and no access outside of the body. */
    @Test
    void damageNeverDoesMoreThanFail() throws WireException {
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 5000; i++) {
            Buffer body = body(exec(1, 2, true, true));
            for (int j = 0; j < 3; j++) {
                body.put(2 + random.nextInt(body.size() - 2), (byte) random.nextInt(256));
            }
            try {
                assertThat(ExecHeader.of(body, body.size()).timeoutMillis()).isNotNegative();
            } catch (WireException e) {
                refused++;
            }
            body.free();
        }
        assertThat(refused).isBetween(1, 4999);
    }
}
