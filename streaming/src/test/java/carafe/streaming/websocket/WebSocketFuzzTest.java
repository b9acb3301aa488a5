package carafe.streaming.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.streaming.session.Connections;
import carafe.streaming.session.TerminalSizes;
import carafe.testkit.fuzz.Fuzz;
import carafe.testkit.stream.HostilePeer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** F14: WebSocket frames, and the messages of remote commands in them. */
class WebSocketFuzzTest {
    private static final int BINARY = 0x82;
    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final int PING = 0x89;
    private static final long MAX_BYTES_PER_CONNECTION = 8L << 20;

    @Test
    void webSocket() {
        Fuzz fuzz = new Fuzz("websocket", WebSocketFuzzTest::connection).words("Width", "Height");
        HostilePeer.webSocket().values().stream()
                .filter(seed -> seed.length < 16 << 10)
                .forEach(fuzz::seed);
        fuzz.seed(HostilePeer.frame(BINARY, bytes("\0hello")))
                .seed(HostilePeer.frame(BINARY, bytes("\4{\"Width\":80,\"Height\":24}")))
                .seed(HostilePeer.frame(BINARY, new byte[] {(byte) 255, 0}))
                .seed(HostilePeer.frame(TEXT, bytes("0aGVsbG8=")))
                .seed(HostilePeer.frame(PING, bytes("there?")))
                .seed(HostilePeer.frame(CLOSE, new byte[] {3, (byte) 0xe8, 'b', 'y', 'e'}))
                .maxAllocated(MAX_BYTES_PER_CONNECTION)
                .run();
    }

    @Test
    void aViolationIsAnsweredByACloseFrame() {
        EmbeddedChannel channel = new EmbeddedChannel();
        WebSocketFrames.install(channel.pipeline());
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {(byte) BINARY, 2, 0, 'x'}));

        ByteBuf answer = channel.readOutbound();
        assertThat(answer.getUnsignedByte(0)).isEqualTo((short) CLOSE);
        assertThat(answer.getUnsignedShort(2)).as("protocol error").isEqualTo(1002);
        answer.release();
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Object connection(byte[] input) {
        Messages messages = new Messages();
        UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(memory);
        WebSocketFrames.install(channel.pipeline());
        boolean[] farewell = {false};
        channel.pipeline()
                .addBefore(
                        channel.pipeline().context(FrameGuard.class).name(),
                        "witness",
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext context, Object frame) {
                                // After a violation nothing is answered any more.
                                farewell[0] |=
                                        frame instanceof CloseWebSocketFrame && channel.isOpen();
                                context.fireChannelRead(frame);
                            }
                        });
        channel.pipeline()
                .addLast(new WebSocketFrameAggregator(WebSocketFrames.MAX_BYTES), messages);
        int piece = input.length % 2 == 0 ? Math.max(1, input.length) : 1 + input.length % 61;
        for (int at = 0; at < input.length && channel.isOpen(); at += piece) {
            int length = Math.min(piece, input.length - at);
            channel.writeInbound(Unpooled.copiedBuffer(input, at, length));
        }
        boolean survived = channel.isOpen();
        if (farewell[0]) {
            assertThat(survived).as("open after a close frame").isFalse();
            assertThat(sent(channel)).as("the close frame is answered").contains(CLOSE);
        }
        channel.finishAndReleaseAll();
        assertThat(memory.metric().usedHeapMemory()).as("bytes not given back").isZero();
        return List.of(survived, messages.count, messages.sizes, farewell[0]);
    }

    /** First bytes of what was sent. */
    private static List<Integer> sent(EmbeddedChannel channel) {
        List<Integer> first = new java.util.ArrayList<>();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            if (part.isReadable()) {
                first.add((int) part.getUnsignedByte(part.readerIndex()));
            }
            part.release();
        }
        return first;
    }

    /** Reads messages as an exec on a terminal does. */
    private static final class Messages extends SimpleChannelInboundHandler<WebSocketFrame> {
        private final TerminalSizes terminal = new TerminalSizes(this::resize);
        private final CommandChannels plain =
                CommandChannels.choose(List.of("v5.channel.k8s.io")).orElseThrow();
        private final CommandChannels base64 =
                CommandChannels.choose(List.of("base64.channel.k8s.io")).orElseThrow();
        private int count;
        private int sizes;

        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame message) {
            assertThat(message)
                    .isInstanceOfAny(BinaryWebSocketFrame.class, TextWebSocketFrame.class);
            count++;
            ByteBuf bytes = message.content();
            if (!bytes.isReadable()) {
                return;
            }
            CommandChannels protocol = message instanceof TextWebSocketFrame ? base64 : plain;
            int channel = protocol.channel(bytes);
            ByteBuf content = protocol.content(bytes);
            try {
                if (channel == CommandChannels.RESIZE) {
                    terminal.accept(content);
                }
            } finally {
                content.release();
            }
        }

        private void resize(int columns, int rows) {
            assertThat(columns).isBetween(0, 0xffff);
            assertThat(rows).isBetween(0, 0xffff);
            sizes++;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof AssertionError) {
                context.fireExceptionCaught(cause);
            } else {
                Connections.close(context); // as a session's handler does
            }
        }
    }
}
