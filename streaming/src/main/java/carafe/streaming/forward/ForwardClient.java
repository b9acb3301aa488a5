package carafe.streaming.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** The client's side of forwarded connections: numbered streams. Called on its event loop. */
public interface ForwardClient {
    /** Sends bytes, which become the client's, and perhaps the end of our half. */
    void send(ChannelHandlerContext context, int stream, ByteBuf bytes, boolean last);

    /** Ends our half without bytes. */
    void end(ChannelHandlerContext context, int stream);
}
