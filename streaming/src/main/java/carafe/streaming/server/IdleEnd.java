package carafe.streaming.server;

import carafe.streaming.session.Connections;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Closes a connection that has been silent for too long. */
final class IdleEnd extends ChannelInboundHandlerAdapter {
    /** The handler before it, which measures silence in both directions. */
    static ChannelHandler after(Duration silence) {
        return new IdleStateHandler(0, 0, silence.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent) {
            Connections.close(context.channel());
        } else {
            context.fireUserEventTriggered(event);
        }
    }
}
