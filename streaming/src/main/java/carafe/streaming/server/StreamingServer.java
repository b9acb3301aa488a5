package carafe.streaming.server;

import carafe.base.CarafeException;
import carafe.streaming.api.StreamBackend;
import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.StreamUrls;
import carafe.streaming.session.Connections;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves exec, attach and port-forward streams on one loopback address. A stream is reached only by
 * a URL that {@link #offer} has given out. Owns its event loops and connections; close cuts them.
 * Thread-safe.
 */
public final class StreamingServer implements StreamUrls, AutoCloseable {
    private static final int LOOPS = 2;
    private static final int BACKLOG = 1024;
    private static final int MAX_CONNECTIONS = 1024;
    private static final int MAX_LINE_BYTES = 4 << 10;
    private static final int MAX_HEADER_BYTES = 16 << 10;
    private static final int LOW_WATER = 32 << 10;
    private static final int HIGH_WATER = 128 << 10;
    private static final Duration LOOP_END = Duration.ofSeconds(2);

    private final Settings settings;
    private final Tokens tokens;
    private final StreamHandlers handlers;
    private final EventLoopGroup loops;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private @Nullable Channel listening;

    /**
     * How to listen.
     *
     * @param address of the loopback interface; port 0 takes any free one
     * @param idle how long a connection may be silent in both directions
     */
    public record Settings(InetSocketAddress address, Duration idle) {
        public Settings {
            if (!address.getAddress().isLoopbackAddress()) {
                throw new IllegalArgumentException(
                        "the streaming address %s must be a loopback one".formatted(address));
            }
        }
    }

    public StreamingServer(Settings settings, StreamBackend backend, InstantSource clock) {
        this.settings = settings;
        this.tokens = new Tokens(clock);
        this.handlers = new StreamHandlers(tokens, backend);
        this.loops = new MultiThreadIoEventLoopGroup(LOOPS, EpollIoHandler.newFactory());
    }

    /** Listens. */
    public void start() {
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(loops)
                        .channel(EpollServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(LOW_WATER, HIGH_WATER))
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        begin(channel);
                                    }
                                })
                        .bind(settings.address())
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new CarafeException.Precondition(
                    "cannot listen on %s: %s; choose another streaming.address"
                            .formatted(settings.address(), bound.cause()),
                    bound.cause());
        }
        listening = bound.channel();
    }

    private void begin(SocketChannel channel) {
        if (connections.size() >= MAX_CONNECTIONS) {
            Connections.close(channel);
            return;
        }
        connections.add(channel);
        HttpDecoderConfig http =
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_LINE_BYTES)
                        .setMaxHeaderSize(MAX_HEADER_BYTES)
                        .setChunkedSupported(false)
                        .setStrictLineParsing(true);
        channel.pipeline()
                .addLast(new IdleStateHandler(0, 0, settings.idle().toSeconds(), TimeUnit.SECONDS))
                .addLast(new IdleEnd())
                .addLast(UpgradeGate.HTTP_IN, new HttpRequestDecoder(http))
                .addLast(UpgradeGate.HTTP_OUT, new HttpResponseEncoder())
                .addLast(new UpgradeGate(handlers));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        Channel channel = listening;
        if (channel == null) {
            throw new IllegalStateException("not started");
        }
        return (InetSocketAddress) channel.localAddress();
    }

    @Override
    public URI offer(StreamOrder order) {
        InetSocketAddress address = address();
        String host = address.getAddress().getHostAddress();
        return URI.create(
                "http://%s:%d/%s/%s"
                        .formatted(
                                host.indexOf(':') < 0 ? host : "[" + host + "]",
                                address.getPort(),
                                order.method(),
                                tokens.offer(order)));
    }

    /** Connections that are open now. */
    public int connections() {
        return connections.size();
    }

    @Override
    public void close() {
        if (listening != null) {
            boolean _ = listening.close().awaitUninterruptibly(LOOP_END.toMillis());
        }
        boolean _ = connections.close().awaitUninterruptibly(LOOP_END.toMillis());
        loops.shutdownGracefully(0, LOOP_END.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(LOOP_END.toMillis());
    }

    @Override
    public String toString() {
        return "streaming server on " + settings.address();
    }
}
