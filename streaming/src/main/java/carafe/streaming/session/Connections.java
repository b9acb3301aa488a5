package carafe.streaming.session;

import io.netty.channel.ChannelOutboundInvoker;
import java.util.concurrent.Future;

/** What is done to connections without waiting for how it went. */
public final class Connections {
    private Connections() {}

    /** Closes; that it may fail changes nothing, since the descriptor is gone either way. */
    public static void close(ChannelOutboundInvoker connection) {
        Future<?> _ = connection.close();
    }

    /** Sends; what cannot be sent ends the connection, which its handlers are told. */
    public static void send(ChannelOutboundInvoker connection, Object message) {
        Future<?> _ = connection.writeAndFlush(message);
    }
}
