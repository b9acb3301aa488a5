package carafe.streaming.server;

import carafe.base.CarafeException;
import carafe.streaming.api.StreamBackend;
import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.StreamUrls;
import carafe.streaming.session.ClientChannel;
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
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
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
    private static final int LOW_WATER = 32 << 10;
    private static final int HIGH_WATER = 128 << 10;
    private static final int SEND_BUFFER = 128 << 10;
    private static final Duration LOOP_END = Duration.ofSeconds(2);

    private final Settings settings;
    private final Optional<TlsIdentity> tls;
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
     * @param attachPatience how long an attached client may take nothing of what comes, before it
     *     is cut off
     * @param tls empty = connections are not encrypted
     */
    public record Settings(
            InetSocketAddress address,
            Duration idle,
            Duration attachPatience,
            Optional<TlsFiles> tls) {
        private static final Duration ATTACH_PATIENCE = Duration.ofSeconds(30);

        public Settings {
            if (!address.getAddress().isLoopbackAddress()) {
                throw new IllegalArgumentException(
                        "the streaming address %s must be a loopback one".formatted(address));
            }
        }

        /** Without encryption. */
        public Settings(InetSocketAddress address, Duration idle) {
            this(address, idle, Optional.empty());
        }

        public Settings(InetSocketAddress address, Duration idle, Optional<TlsFiles> tls) {
            this(address, idle, ATTACH_PATIENCE, tls);
        }
    }

    /**
     * @throws CarafeException.Precondition when a certificate or key cannot be used, and why
     */
    public StreamingServer(Settings settings, StreamBackend backend, InstantSource clock) {
        this.settings = settings;
        this.tls = settings.tls().map(files -> new TlsIdentity(files, clock));
        this.tokens = new Tokens(clock);
        this.handlers = new StreamHandlers(tokens, backend, settings.attachPatience());
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
                        // Otherwise the kernel lends one that does not read several megabytes.
                        .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER)
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
        tls.ifPresent(identity ->
                channel.pipeline()
                        .addLast(
                                ClientChannel.TLS, identity.context().newHandler(channel.alloc())));
        channel.pipeline().addLast(IdleEnd.after(settings.idle())).addLast(new IdleEnd());
        UpgradeGate.install(channel.pipeline(), handlers);
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
        tls.ifPresent(TlsIdentity::refresh);
        InetSocketAddress address = address();
        String host = address.getAddress().getHostAddress();
        return URI.create(
                "%s://%s:%d/%s/%s"
                        .formatted(
                                tls.isPresent() ? "https" : "http",
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
