package carafe.streaming.server;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.streaming.spdy.SpdyConnection;
import carafe.streaming.spdy.SpdyLimits;
import carafe.testkit.fuzz.Fuzz;
import carafe.testkit.stream.HostilePeer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyHeadersFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySettingsFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyHeaders;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** F13: SPDY frames and header blocks. */
class SpdyFuzzTest {
    private static final int MAX_STREAMS = 16;
    private static final long MAX_BYTES_PER_CONNECTION = 8L << 20;

    @Test
    void spdy() {
        Fuzz fuzz = new Fuzz("spdy", SpdyFuzzTest::connection).words("streamtype", "port");
        HostilePeer.spdy().values().stream()
                .filter(seed -> seed.length < 16 << 10)
                .forEach(fuzz::seed);
        fuzz.seed(
                        bytes(
                                open(1, "error"),
                                open(3, "stdin"),
                                open(5, "stdout"),
                                new DefaultSpdyDataFrame(3, Unpooled.wrappedBuffer(new byte[40])),
                                new DefaultSpdyDataFrame(3).setLast(true)))
                .seed(
                        bytes(
                                new DefaultSpdySettingsFrame().setValue(4, 1000),
                                open(1, "error"),
                                new DefaultSpdyPingFrame(1),
                                new DefaultSpdyHeadersFrame(1),
                                new DefaultSpdyRstStreamFrame(1, 5),
                                new DefaultSpdyGoAwayFrame(1, 0),
                                open(3, "stdin")))
                .seed(
                        // The second one ends the connection, the third has begun by then.
                        Arrays.copyOf(
                                bytes(open(1, "error"), open(1, "error"), open(3, "stdin")), 90))
                .maxAllocated(MAX_BYTES_PER_CONNECTION)
                .run();
    }

    private static SpdySynStreamFrame open(int stream, String type) {
        SpdySynStreamFrame open = new DefaultSpdySynStreamFrame(stream, 0, (byte) 0);
        open.headers().set("streamtype", type);
        return open;
    }

    private static byte[] bytes(Object... frames) {
        EmbeddedChannel client = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
        ByteBuf all = Unpooled.buffer();
        for (Object frame : frames) {
            client.writeOutbound(frame);
        }
        for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    private static Object connection(byte[] input) {
        Witness witness = new Witness();
        UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(memory);
        channel.pipeline()
                .addLast(
                        new SpdyLimits(),
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext context, Object frame) {
                                witness.goneAway |= frame instanceof SpdyGoAwayFrame;
                                context.fireChannelRead(frame);
                            }
                        },
                        new SpdyConnection(witness, MAX_STREAMS));
        int piece = input.length % 2 == 0 ? Math.max(1, input.length) : 1 + input.length % 61;
        for (int at = 0; at < input.length && channel.isOpen(); at += piece) {
            int length = Math.min(piece, input.length - at);
            channel.writeInbound(Unpooled.copiedBuffer(input, at, length));
        }
        boolean survived = channel.isOpen();
        channel.finishAndReleaseAll();
        assertThat(witness.closed).isTrue();
        assertThat(memory.metric().usedHeapMemory()).as("bytes not given back").isZero();
        return List.of(survived, witness.opened, witness.ended.size(), witness.goneAway);
    }

    /** Checks the order of what it is told. */
    private static final class Witness implements SpdyConnection.Listener {
        private final Set<Integer> open = new HashSet<>();
        private final Set<Integer> ended = new HashSet<>();
        private int opened;
        private int last;
        private boolean goneAway;
        private boolean closed;

        @Override
        public void begin(ChannelHandlerContext context, SpdyConnection connection) {}

        @Override
        public boolean opened(int stream, SpdyHeaders headers) {
            assertThat(closed || goneAway).as("opened after the end").isFalse();
            assertThat(stream).isGreaterThan(last).isOdd();
            last = stream;
            opened++;
            boolean accepted = headers.get("streamtype") != null;
            if (accepted) {
                open.add(stream);
                assertThat(open).hasSizeLessThanOrEqualTo(MAX_STREAMS);
            }
            return accepted;
        }

        @Override
        public void data(int stream, ByteBuf bytes) {
            assertThat(closed).isFalse();
            assertThat(open).contains(stream);
            assertThat(ended).doesNotContain(stream);
            assertThat(bytes.isReadable()).isTrue();
        }

        @Override
        public void ended(int stream) {
            assertThat(open).contains(stream);
            assertThat(ended.add(stream)).isTrue();
        }

        @Override
        public void reset(int stream) {
            assertThat(open.remove(stream)).isTrue();
        }

        @Override
        public void writabilityChanged() {}

        @Override
        public void closed() {
            assertThat(closed).isFalse();
            closed = true;
        }
    }
}
