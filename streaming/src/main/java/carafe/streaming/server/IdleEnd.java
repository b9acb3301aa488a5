package carafe.streaming.server;

import carafe.streaming.session.Connections;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;

/** Closes a connection that has been silent for too long. */
final class IdleEnd extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent) {
            Connections.close(context.channel());
        } else {
            context.fireUserEventTriggered(event);
        }
    }
}
