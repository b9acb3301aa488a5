package carafe.streaming.websocket;

import carafe.streaming.session.Connections;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.concurrent.Future;

/**
 * A byte stream in binary messages, however they are cut. Closing says good-bye first. Lives on the
 * event loop.
 */
public final class SpdyTunnel extends ChannelDuplexHandler {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        switch (message) {
            case TextWebSocketFrame text -> {
                text.release();
                Connections.close(context);
            }
            case WebSocketFrame frame -> context.fireChannelRead(frame.content());
            default -> context.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            if (bytes.isReadable()) {
                Future<?> _ = context.write(new BinaryWebSocketFrame(bytes), promise);
            } else {
                bytes.release();
                promise.setSuccess();
            }
        } else {
            Future<?> _ = context.write(message, promise);
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (context.channel().isActive()) {
            Future<?> _ =
                    context.writeAndFlush(
                                    new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
                            .addListener(_ -> {
                                Future<?> _ = context.close(promise);
                            });
        } else {
            Future<?> _ = context.close(promise);
        }
    }
}
