package carafe.server;

import carafe.base.CarafeException;
import carafe.config.CarafeConfig;
import carafe.rpc.CallThreads;
import carafe.rpc.TraceContext;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * gRPC over one unix socket. Owns its event loops, its handler threads and the socket's path. Close
 * stops taking calls, lets running ones end within the grace, then cuts them. Thread-safe.
 */
final class CriServer implements AutoCloseable {
    private static final int WORKERS = 2;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int WINDOW_BYTES = 1 << 20;
    private static final int MAX_RESETS = 1000;
    private static final int RESET_WINDOW_SECONDS = 30;
    private static final Duration LOOP_END = Duration.ofSeconds(2);

    private final SocketFile socket;
    private final EventLoopGroup boss;
    private final EventLoopGroup workers;
    private final ExecutorService handlers;
    private final Server server;
    private final Duration grace;

    CriServer(CarafeConfig config, List<ServerServiceDefinition> services) {
        this.grace = config.grpc().shutdownGrace();
        this.socket = new SocketFile(config.socket());
        this.boss = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        this.workers = new MultiThreadIoEventLoopGroup(WORKERS, EpollIoHandler.newFactory());
        this.handlers =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("cri-", 0).factory());
        this.server =
                NettyServerBuilder.forAddress(new DomainSocketAddress(socket.bindPath().toFile()))
                        .channelType(EpollServerDomainSocketChannel.class)
                        .bossEventLoopGroup(boss)
                        .workerEventLoopGroup(workers)
                        .directExecutor()
                        .callExecutor(new CallThreads(services, handlers))
                        .maxInboundMessageSize(config.grpc().maxMessage().toIntExact())
                        .maxInboundMetadataSize(MAX_HEADER_BYTES)
                        .maxConcurrentCallsPerConnection(config.grpc().maxConcurrentCalls())
                        .maxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
                        .flowControlWindow(WINDOW_BYTES)
                        .permitKeepAliveTime(10, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .intercept(new TraceContext())
                        .addServices(services)
                        .build();
    }

    /** Listens and puts the socket in its place. */
    void start() {
        try {
            server.start();
        } catch (IOException e) {
            Throwable why = e.getCause() == null ? e : e.getCause();
            throw new CarafeException.Precondition(
                    "cannot listen on %s: %s".formatted(socket.path(), why), e);
        }
        socket.publish();
    }

    @Override
    public void close() {
        try {
            server.shutdown();
            if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(LOOP_END.toMillis(), TimeUnit.MILLISECONDS);
            }
            handlers.shutdownNow();
            handlers.awaitTermination(LOOP_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            handlers.shutdownNow();
            end(boss);
            end(workers);
            socket.close();
        }
    }

    private static void end(EventLoopGroup loops) {
        Future<?> ended = loops.shutdownGracefully(0, LOOP_END.toMillis(), TimeUnit.MILLISECONDS);
        ended.awaitUninterruptibly(LOOP_END.toMillis());
    }

    @Override
    public String toString() {
        return "CRI server on " + socket.path();
    }
}
