package carafe.streaming.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A client's connection for a thread that may wait: a write waits until the client has taken enough
 * of what was written before. The event loop tells {@link #changed}. Thread-safe.
 */
public final class ClientChannel {
    /** Name of the handler that encrypts, where there is one. */
    public static final String TLS = "tls";

    /** How long a client may take to close a connection that is over. */
    private static final int LINGER_SECONDS = 10;

    private final Channel channel;

    public ClientChannel(Channel channel) {
        this.channel = channel;
    }

    /** The channel has become writable or inactive. */
    public synchronized void changed() {
        notifyAll();
    }

    /** Writes; after the end of the connection it does nothing. */
    public void write(Object message) throws InterruptedException {
        if (awaitRoom()) {
            Connections.send(channel, message);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    /**
     * Writes the last message and ends the connection: the client closes it, or we do some time
     * later. An immediate close would take back what the client has not read yet when something of
     * its own is still unread here.
     */
    public void writeLast(Object message) throws InterruptedException {
        if (awaitRoom()) {
            Future<?> _ =
                    channel.writeAndFlush(message)
                            .addListener((ChannelFutureListener) _ -> linger());
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    /** Whether there is still a client. */
    private synchronized boolean awaitRoom() throws InterruptedException {
        while (channel.isActive() && !channel.isWritable()) {
            wait();
        }
        return channel.isActive();
    }

    private void linger() {
        if (!channel.isActive()) {
            return;
        }
        channel.config().setAutoRead(true);
        // Half a TLS connection cannot be ended.
        if (channel instanceof DuplexChannel duplex && channel.pipeline().get(TLS) == null) {
            Future<?> _ = duplex.shutdownOutput();
        }
        Future<?> _ =
                channel.eventLoop()
                        .schedule(
                                () -> Connections.close(channel), LINGER_SECONDS, TimeUnit.SECONDS);
    }
}
