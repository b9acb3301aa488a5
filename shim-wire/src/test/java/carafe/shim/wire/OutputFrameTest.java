package carafe.shim.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class OutputFrameTest {
    @Test
    void readsWhatTheCodecWrites() throws WireException {
        byte[] body = body(new Reply.Output(Reply.Stream.STDERR, new byte[] {7, 8, 9}));
        byte[] longer = Arrays.copyOf(body, body.length + 100);

        assertThat(OutputFrame.is(longer)).isTrue();
        assertThat(OutputFrame.stream(longer, body.length)).isEqualTo(Reply.Stream.STDERR);
        assertThat(Arrays.copyOfRange(longer, OutputFrame.BYTES_OFFSET, body.length))
                .containsExactly(7, 8, 9);
        assertThat(OutputFrame.is(body(new Reply.ExecStarted(5)))).isFalse();
    }

    @Test
    void refusesWhatIsNotWhole() throws WireException {
        byte[] body = body(new Reply.Output(Reply.Stream.STDOUT, new byte[] {1, 2}));
        for (int length = Frames.HEAD_BYTES; length < body.length; length++) {
            int cut = length;
            assertThatThrownBy(() -> OutputFrame.stream(body, cut))
                    .as("%d bytes", cut)
                    .isInstanceOf(WireException.class);
        }
        byte[] other = body.clone();
        other[Frames.HEAD_BYTES] = 3;
        assertThatThrownBy(() -> OutputFrame.stream(other, other.length))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("unknown stream 3");
    }

    private static byte[] body(Reply reply) throws WireException {
        byte[] frame = Codec.encode(reply);
        return Arrays.copyOfRange(frame, Frames.PREFIX_BYTES, frame.length);
    }
}
