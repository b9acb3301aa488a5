package carafe.streaming.forward;

import carafe.streaming.session.Connections;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection into a pod. Reads only while the client takes what comes, and says when it
 * cannot take more itself. Lives on the client's event loop.
 */
final class PodConnection extends ChannelInboundHandlerAdapter {
    private static final WriteBufferWaterMark ROOM = new WriteBufferWaterMark(64 << 10, 256 << 10);

    /** How long a pod may take nothing while its client waits, before the connection is reset. */
    private static final int STALL_SECONDS = 30;

    private final EpollSocketChannel channel;
    private final Listener listener;
    private @Nullable ScheduledFuture<?> stall;
    private boolean outputEnded;

    /** What happens on the connection. */
    interface Listener {
        /**
         * @param bytes the listener's own
         */
        void fromPod(ByteBuf bytes);

        /** The pod has sent all it will. */
        void podEnded();

        /** It is over, both ways. */
        void podClosed();

        /** It can take more, or cannot. */
        void roomChanged();
    }

    /**
     * @param descriptor a connected, non-blocking socket, owned from here on
     */
    PodConnection(EventLoop loop, int descriptor, Listener listener) {
        this.listener = listener;
        this.channel = new EpollSocketChannel(descriptor);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        channel.config().setWriteBufferWaterMark(ROOM);
        channel.pipeline().addLast(this);
        Future<?> _ = loop.register(channel);
    }

    boolean hasRoom() {
        // An ended output is never writable again, and nobody waits for it.
        return outputEnded || !channel.isActive() || channel.isWritable();
    }

    /** Whether to read from the pod. */
    void read(boolean wanted) {
        channel.config().setAutoRead(wanted);
    }

    /** Sends bytes, which become the connection's. */
    void send(ByteBuf bytes) {
        Connections.send(channel, bytes);
    }

    /** Nothing more will be sent; what was, still goes. */
    void endOutput() {
        outputEnded = true;
        // Behind the writes that are under way.
        Future<?> _ =
                channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(_ -> {
                            Future<?> _ = channel.shutdownOutput();
                        });
    }

    void close() {
        Connections.close(channel);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        listener.fromPod((ByteBuf) message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            listener.podEnded();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (stall != null) {
            stall.cancel(false);
            stall = null;
        }
        if (!channel.isWritable()) {
            stall = context.executor().schedule(this::close, STALL_SECONDS, TimeUnit.SECONDS);
        }
        listener.roomChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (stall != null) {
            stall.cancel(false);
        }
        listener.podClosed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        close();
    }
}
