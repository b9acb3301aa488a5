package carafe.streaming.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection for a thread that may wait: a write waits until the client has taken enough
 * of what was written before. The event loop tells {@link #changed}. Thread-safe.
 */
public final class ClientChannel {
    /** Name of the handler that encrypts, where there is one. */
    public static final String TLS = "tls";

    /** How long a client may take to close a connection that is over. */
    private static final int LINGER_SECONDS = 10;

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** How long a client may leave the rest unread after a failure. */
    private static final int FAILURE_SECONDS = 3;

    private final Channel channel;
    private final Duration patience;
    private @Nullable ScheduledFuture<?> limit;

    /**
     * @param patience how long a write waits for a client that takes nothing, before it is cut off;
     *     zero = for ever
     */
    public ClientChannel(Channel channel, Duration patience) {
        this.channel = channel;
        this.patience = patience;
    }

    /**
     * It has ended by a failure: a client that does not take the rest of it soon is cut off, for it
     * may be the reason.
     */
    public synchronized void failed() {
        try {
            limit = channel.eventLoop().schedule(this::cut, FAILURE_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            cut(); // the server stops
        }
    }

    private void cut() {
        if (channel.isActive()) {
            // The kernel would go on trying for minutes.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            Connections.close(channel);
        }
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
        long begin = System.nanoTime();
        while (channel.isActive() && !channel.isWritable()) {
            long left = patience.toNanos() - (System.nanoTime() - begin);
            if (patience.isPositive() && left <= 0) {
                cut();
                return false;
            }
            wait(patience.isPositive() ? left / NANOS_PER_MILLI + 1 : 0);
        }
        return channel.isActive();
    }

    private synchronized void linger() {
        if (limit != null) {
            limit.cancel(false);
        }
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
