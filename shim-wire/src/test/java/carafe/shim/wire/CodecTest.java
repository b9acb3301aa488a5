package carafe.shim.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static byte[] body(byte[] frame) {
        return Arrays.copyOfRange(frame, Frames.PREFIX_BYTES, frame.length);
    }

    private static Request.Exec execWithArgument(byte[] argument) {
        byte[][] none = {};
        return new Request.Exec(
                new byte[0], new byte[][] {argument}, none, new byte[0], 0, 0, false, false);
    }

    @Test
    void everyMessageComesBackAsItWas() throws WireException {
        for (Message message : Samples.messages()) {
            byte[] frame = Codec.encode(message);

            assertThat(Frames.bodyLength(frame, 0)).isEqualTo(frame.length - Frames.PREFIX_BYTES);
            assertThat(Codec.decode(body(frame)))
                    .usingRecursiveComparison()
                    .withStrictTypeChecking()
                    .isEqualTo(message);
        }
    }

    @Test
    void aBodyIsFoundAnywhereInItsBuffer() throws WireException {
        byte[] frame = Codec.encode(new Request.Kill(9, Request.Target.ALL));
        byte[] buffer = new byte[frame.length + 20];
        System.arraycopy(frame, 0, buffer, 7, frame.length);

        Message message = Codec.decode(buffer, 7 + Frames.PREFIX_BYTES, frame.length - 4);

        assertThat(message).isEqualTo(new Request.Kill(9, Request.Target.ALL));
        assertThatThrownBy(() -> Codec.decode(buffer, 20, buffer.length))
                .isInstanceOf(WireException.class);
    }

    @Test
    void everyTruncationIsRefused() throws WireException {
        for (Message message : Samples.messages()) {
            byte[] body = body(Codec.encode(message));
            for (int length = 0; length < body.length; length++) {
                byte[] cut = Arrays.copyOf(body, length);
                assertThatThrownBy(() -> Codec.decode(cut))
                        .as("%s cut to %d bytes", message, length)
                        .isInstanceOf(WireException.class);
            }
        }
    }

    @Test
    void aByteTooManyIsRefused() throws WireException {
        for (Message message : Samples.messages()) {
            byte[] body = body(Codec.encode(message));
            assertThatThrownBy(() -> Codec.decode(Arrays.copyOf(body, body.length + 1)))
                    .isInstanceOf(WireException.class)
                    .hasMessageContaining("1 bytes too many");
        }
    }

    /** The lengths at which a 16-bit field would have wrapped around. */
    @Test
    void lengthsAround64KiBAreKept() throws WireException {
        for (int length = 65_533; length <= 65_540; length++) {
            byte[] argument = new byte[length];
            Arrays.fill(argument, (byte) 'a');
            argument[length - 1] = 'z';

            Message message = Codec.decode(body(Codec.encode(execWithArgument(argument))));

            assertThat(((Request.Exec) message).args()).isDeepEqualTo(new byte[][] {argument});
        }
    }

    @Test
    void manyFieldsAreKept() throws WireException {
        byte[][] env = new byte[70_000][];
        for (int i = 0; i < env.length; i++) {
            env[i] = Samples.bytes("A=" + i);
        }
        byte[][] args = {{'x'}};
        Request.Exec exec =
                new Request.Exec(new byte[0], args, env, new byte[0], 0, 0, false, false);

        Message message = Codec.decode(body(Codec.encode(exec)));

        assertThat(((Request.Exec) message).env()).isDeepEqualTo(env);
    }

    @Test
    void theLongestFrameIsOneMebibyte() throws WireException {
        int overhead = Codec.encode(execWithArgument(new byte[0])).length;
        byte[] longest = new byte[Frames.MAX_FRAME_BYTES - overhead];
        Arrays.fill(longest, (byte) 'a');

        byte[] frame = Codec.encode(execWithArgument(longest));

        assertThat(frame).hasSize(1 << 20);
        assertThat(((Request.Exec) Codec.decode(body(frame))).args())
                .isDeepEqualTo(new byte[][] {longest});
        byte[] tooLong = Arrays.copyOf(longest, longest.length + 1);
        Arrays.fill(tooLong, (byte) 'a');
        assertThatThrownBy(() -> Codec.encode(execWithArgument(tooLong)))
                .isInstanceOf(WireException.class)
                .hasMessage("Exec: does not fit into a frame of 1048576 bytes");
    }

    @Test
    void aChunkIsAtMost64KiB() throws WireException {
        byte[] full = new byte[Frames.MAX_CHUNK_BYTES];
        byte[] over = new byte[Frames.MAX_CHUNK_BYTES + 1];

        Message message = Codec.decode(body(Codec.encode(new Request.Stdin(full))));

        assertThat(((Request.Stdin) message).bytes()).isEqualTo(full);
        assertThatThrownBy(() -> Codec.encode(new Request.Stdin(over)))
                .hasMessage("Stdin: bytes is 65537, must be 0 to 65536");
        assertThatThrownBy(() -> Codec.encode(new Reply.Output(Reply.Stream.STDOUT, over)))
                .hasMessage("Output: bytes is 65537, must be 0 to 65536");
    }

    @Test
    void aPrefixOutOfRangeIsRefused() throws WireException {
        assertThat(Frames.bodyLength(new byte[] {0, 0x0f, -1, -4}, 0)).isEqualTo((1 << 20) - 4);
        assertThatThrownBy(() -> Frames.bodyLength(new byte[] {0, 0x0f, -1, -3}, 0))
                .hasMessage("frame: a body of 1048573 bytes, must be 2 to 1048572");
        assertThatThrownBy(() -> Frames.bodyLength(new byte[] {-1, -1, -1, -1}, 0))
                .hasMessage("frame: a body of 4294967295 bytes, must be 2 to 1048572");
        assertThatThrownBy(() -> Frames.bodyLength(new byte[] {0, 0, 0, 1}, 0))
                .isInstanceOf(WireException.class);
    }

    @Test
    void errorsNameMessageAndField() {
        assertThatThrownBy(() -> Codec.decode(new byte[] {2, 1}))
                .hasMessage("frame: version 2 is unknown");
        assertThatThrownBy(() -> Codec.decode(new byte[] {1, 64}))
                .hasMessage("frame: type 64 is unknown");
        assertThatThrownBy(() -> Codec.decode(new byte[] {1, (byte) 200}))
                .hasMessage("frame: type 200 is unknown");
        assertThatThrownBy(() -> Codec.decode(new byte[] {1, 3, 0, 0, 0, 65, 1}))
                .hasMessage("Kill: signal is 65, must be 1 to 64");
        assertThatThrownBy(() -> Codec.decode(new byte[] {1, 3, 0, 0, 0, 9, 3}))
                .hasMessage("Kill: target 3 is unknown");
        assertThatThrownBy(() -> Codec.decode(new byte[] {1, 8, 0, 0, 0, 5, 1}))
                .hasMessage("Stdin: bytes needs 5 bytes, the frame has 1 left");
        assertThatThrownBy(() -> Codec.decode(new byte[] {1, 8, -1, 0, 0, 5, 1}))
                .hasMessageStartingWith("Stdin: bytes is -16777211, must be");
    }

    /** Two thousand million entries claimed by a frame of a few bytes. */
    @Test
    void aCountIsCheckedBeforeAnythingIsAllocated() {
        byte[] body = {1, 7, 0, 0, 0, 0, 0x7f, -1, -1, -1, 0, 0, 0, 0};

        assertThatThrownBy(() -> Codec.decode(body))
                .hasMessage("Exec: args needs 8589934588 bytes, the frame has 4 left");
    }

    @Test
    void aNulByteIsRefusedBothWays() throws WireException {
        byte[] nul = {'a', 0, 'b'};
        assertThatThrownBy(() -> Codec.encode(execWithArgument(nul)))
                .hasMessage("Exec: args contains a NUL byte");
        byte[] body = body(Codec.encode(execWithArgument(Samples.bytes("axb"))));
        for (int i = 0; i < body.length; i++) {
            if (body[i] == 'x') {
                body[i] = 0;
            }
        }
        assertThatThrownBy(() -> Codec.decode(body)).hasMessage("Exec: args contains a NUL byte");
    }

    @Test
    void aTextIsUtf8() throws WireException {
        byte[] body = body(Codec.encode(new Reply.Failed("x", "", 0, "")));
        for (int i = 0; i < body.length; i++) {
            if (body[i] == 'x') {
                body[i] = (byte) 0xf3;
            }
        }
        assertThatThrownBy(() -> Codec.decode(body)).hasMessage("Failed: step is not UTF-8");
    }

    @Test
    void anExecNeedsAProgram() {
        byte[][] none = {};
        byte[] empty = {};
        Request.Exec exec = new Request.Exec(empty, none, none, empty, 0, 0, false, false);

        assertThatThrownBy(() -> Codec.encode(exec)).isInstanceOf(WireException.class);
        byte[] body = {1, 7, 0, 0, 0, 0, 0, 0, 0, 0};
        assertThatThrownBy(() -> Codec.decode(body))
                .hasMessage("Exec: args is empty, must name a program");
    }

    @Test
    void aLongTextIsCutBetweenCharacters() throws WireException {
        String text = "a" + "ü".repeat(3000);

        Message message = Codec.decode(body(Codec.encode(new Reply.Failed("s", "", 0, text))));

        assertThat(((Reply.Failed) message).text()).isEqualTo("a" + "ü".repeat(2047));
    }

    /** Whatever a peer sends ends in a message or in a WireException. */
    @Test
    void damagedFramesNeverDoMoreThanFail() throws WireException {
        Random random = new Random(20_260_101);
        int accepted = 0;
        for (Message message : Samples.messages()) {
            byte[] body = body(Codec.encode(message));
            for (int i = 0; i < 300; i++) {
                byte[] damaged = body.clone();
                damaged[random.nextInt(body.length)] = (byte) random.nextInt(256);
                damaged[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
                if (decodes(damaged)) {
                    accepted++;
                }
            }
        }
        assertThat(accepted).isPositive();
    }

    private static boolean decodes(byte[] body) {
        try {
            Message message = Codec.decode(body);
            // There is one way only to write a message.
            assertThat(body(Codec.encode(message))).isEqualTo(body);
            return true;
        } catch (WireException refused) {
            return false;
        }
    }
}
