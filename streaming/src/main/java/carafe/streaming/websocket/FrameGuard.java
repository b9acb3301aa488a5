package carafe.streaming.websocket;

import carafe.streaming.session.Connections;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.Future;

/**
 * Answers what belongs to WebSocket itself, and ends a connection that keeps this end busy with
 * frames that carry nothing. Lives on the event loop.
 */
public final class FrameGuard extends ChannelInboundHandlerAdapter {
    /** Clients ping every few seconds. */
    private static final int MAX_EMPTY_PER_WINDOW = 100;

    private static final long WINDOW_NANOS = 10_000_000_000L;

    private long windowStart = System.nanoTime();
    private int empty;
    private boolean closing;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (closing || !(message instanceof WebSocketFrame frame)) {
            ReferenceCountUtil.release(message);
            return;
        }
        boolean idle = frame instanceof PingWebSocketFrame || frame instanceof PongWebSocketFrame;
        if ((idle || !frame.content().isReadable()) && isTooMuch()) {
            ReferenceCountUtil.release(message);
            close(context, WebSocketCloseStatus.POLICY_VIOLATION);
            return;
        }
        switch (frame) {
            case PingWebSocketFrame ping -> {
                ByteBuf echo = ping.content();
                Connections.send(context, new PongWebSocketFrame(echo));
            }
            case PongWebSocketFrame pong -> pong.release();
            case CloseWebSocketFrame close -> {
                close.release();
                close(context, WebSocketCloseStatus.NORMAL_CLOSURE);
            }
            default -> context.fireChannelRead(frame);
        }
    }

    private boolean isTooMuch() {
        long now = System.nanoTime();
        if (now - windowStart > WINDOW_NANOS) {
            windowStart = now;
            empty = 0;
        }
        empty++;
        return empty > MAX_EMPTY_PER_WINDOW;
    }

    private void close(ChannelHandlerContext context, WebSocketCloseStatus status) {
        closing = true;
        Future<?> _ =
                context.writeAndFlush(new CloseWebSocketFrame(status))
                        .addListener(_ -> Connections.close(context));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (context.channel().isActive() && !closing) {
            close(context, WebSocketCloseStatus.PROTOCOL_ERROR);
        } else {
            Connections.close(context);
        }
    }
}
